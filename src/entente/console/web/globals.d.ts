/** Set by build.mjs. */
declare const DEBUG: boolean; // measure frames, for the bench
declare const GLOBE: boolean; // the free 3D globe is built

interface Window {
  __frames?: number[];
}
