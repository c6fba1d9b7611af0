/** What the centre's stream says: entries of the log, alarms, and the time; and what the seats send back. */

export const NOTHING = "0".repeat(64);

export interface Body {
  kind: string;
  log: string;
  origin: string;
  party: string;
  node: string;
  number: number;
  sent: string;
}

export interface Ellipse {
  shape: "ellipse";
  lat_deg: number;
  lon_deg: number;
  semi_major_km: number;
  semi_minor_km: number;
  bearing_deg: number;
  containment_percent: number;
}

export interface Polygon {
  shape: "polygon";
  corners: [number, number][];
}

export type Area = Ellipse | Polygon;

export interface Alert extends Body {
  kind: "alert";
  launch: number;
  evidence: number[];
  parties: string[];
  notice: string | null;
  deadline: string;
}

export interface Corroborated extends Body {
  kind: "corroborated";
  alert: number;
  parties: string[];
}

export interface Bulletin extends Body {
  kind: "bulletin";
  alert: number;
  agreed: boolean;
  views: Record<string, string>;
}

export interface Acknowledgement extends Body {
  kind: "acknowledgement";
  about: number;
  nature: string | null;
}

export interface Query extends Body {
  kind: "query";
  about: number;
  question: string;
}

export interface Answer extends Body {
  kind: "answer";
  about: number;
  answer: string;
  nature: string | null;
}

export interface Feed {
  name: string;
  state: "up" | "degraded" | "down";
  since: string;
}

export interface StateOfHealth extends Body {
  kind: "state-of-health";
  feeds: Feed[];
}

export interface Notice extends Body {
  kind: "pre-launch" | "geophysical-experiment" | "de-orbit";
  notice: string;
  window_opens?: string;
  window_closes?: string;
  begins?: string;
  ends?: string;
  launch_area?: Area;
  area?: Area;
}

export interface LaunchDetected extends Body {
  kind: "launch-detected";
  launch: string;
  revision: number;
  whose: string;
  missile: string;
  seen_by: string;
  launched: string;
  launch_area: Area;
  impact_area: Area | null;
  impact: string | null;
}

export interface TrackState extends Body {
  kind: "track-state";
  track: string;
  r_km: [number, number, number];
  observed: string;
}

export type Said =
  | Alert
  | Corroborated
  | Bulletin
  | Acknowledgement
  | Query
  | Answer
  | StateOfHealth
  | Notice
  | LaunchDetected
  | TrackState
  | (Body & { kind: "refusal"; reason: string; sender: string });

export interface Entry {
  kind: "entry";
  seq?: number;
  index: number;
  received: string;
  digest: string;
  body: Said;
}

export interface Alarm {
  kind: "alarm" | "alarm-over";
  seq?: number;
  reason: string;
  sender: string;
  since: string;
  about: number | null;
}

export interface Hello {
  kind: "hello";
  run: string;
  seq: number;
  resumed: boolean;
  now: string;
  log: string;
  origin: string;
  parties: string[];
  entries: number;
  cosigned: number;
}

export interface Tick {
  kind: "tick" | "cosigned";
  seq?: number;
  now: string;
  entries: number;
  cosigned: number;
}

export type Item = Hello | Tick | Entry | Alarm;

/** A seat as the centre counts it: what its next message must follow. */
export interface Place {
  node: string;
  party: string | null;
  boot: number;
  last: number;
  head: string;
}
