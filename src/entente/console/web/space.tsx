/** The free 3D globe: loaded when first asked for, told the scene of the right pane at every change. */

import { effect } from "@preact/signals";
import { type ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { marked } from "./happened";
import { isEmbedded } from "./load";
import { scene } from "./scene";
import * as state from "./state";
import { WORDS } from "./words";

/** Whether this page can offer it: it is built, and it can be fetched. */
export function canShowSpace(): boolean {
  return GLOBE && !isEmbedded();
}

/** The 3D globe that is on the page now, as a picture; null where there is none. */
export const pictured: { now: ((ratio: number) => HTMLCanvasElement) | null } = { now: null };

export function Space(): ComponentChildren {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let stop = (): void => undefined;
    let gone = false;
    void start(host.current as HTMLElement).then(
      (end) => (gone ? end() : (stop = end)),
      () => state.setView("globe"),
    );
    return () => {
      gone = true;
      stop();
    };
  }, []);
  return <div class="space" ref={host} aria-label={WORDS.views.space} />;
}

async function start(host: HTMLElement): Promise<() => void> {
  const { mount } = (await import("./globe.js" as string)) as typeof import("./globe/globe");
  const [doc, world] = [state.doc.peek(), state.world.peek()];
  if (!doc || !world) return () => undefined;
  const globe = mount(host, doc, {
    world,
    theme: () => state.theme.peek(),
    selected: () => marked(doc, state.selected.peek()),
    choose: (key) => state.select(key),
    hidden: () => state.hidden.peek(),
    covered: () => ({ top: 56, right: 8, bottom: 8, left: 8 }),
    moved: (view) =>
      void (state.spaceView.value = [view.lat_deg, view.lon_deg, view.distance, view.tilt_deg, view.heading_deg]),
    ...stance(),
    failed: (why) => {
      state.said.value = why;
      state.setView("globe");
    },
  });
  pictured.now = (ratio) => globe.picture(ratio);
  const watcher = new ResizeObserver(() => globe.resize());
  watcher.observe(host);
  const ends = [
    effect(() => {
      const { rung, side } = state.panes.value[1];
      void [state.theme.value, state.hidden.value];
      globe.update(scene(doc, state.rungAt(doc, rung), side, state.t.value));
    }),
    effect(() => globe.select(marked(doc, state.selected.value))),
  ];
  return () => {
    for (const end of ends) end();
    pictured.now = null;
    watcher.disconnect();
    globe.dispose();
  };
}

/** Where a link says that one stands. */
function stance(): Pick<Parameters<typeof import("./globe/globe").mount>[2], "view"> {
  const from = state.spaceView.peek();
  if (!from) return {};
  const [lat_deg, lon_deg, distance, tilt_deg, heading_deg] = from;
  return { view: { lat_deg, lon_deg, distance: Math.min(20, Math.max(0.05, distance)), tilt_deg, heading_deg } };
}
