/** Every word of the live page, and how it writes times. */

import type { Area } from "./wire";

export const WORDS = {
  name: "Entente: live",
  uses: {
    exercise: ["EXERCISE", "Exercise: nothing on this page is happening"],
    replay: ["REPLAY", "Replay: this happened before"],
    test: ["TEST", "Test: nothing on this page is happening"],
    real: ["REAL", "Notices and states of health only"],
  } as Record<string, [string, string]>,
  unknownUse: ["NOT CONNECTED", "What this page is for is not known until the centre answers"] as [string, string],
  sit: "Take the seat",
  sitLong: "Choose the file of your seat’s key. It stays in this page’s memory and is sent to nobody; it signs all that you say.",
  keyFile: "Key file",
  leave: "End the shift",
  observer: "Observer",
  reads: "An observer reads: notices, alerts and bulletins. Nothing can be said from here.",
  lines: { "signing in": "Signing in", up: "Line up", lost: "LINE LOST" },
  silentFor: "nothing heard for",
  time: "Centre’s time",
  evidence: (cosigned: number, entries: number): string => `${cosigned} of ${entries} entries signed by both`,
  alerts: "Alerts",
  noAlerts: "No alert so far.",
  notices: "Announced launches and events",
  noNotices: "Nothing is announced.",
  alert: "Alert",
  launch: "launch",
  seenBy: "seen by",
  announced: "announced as",
  unannounced: "not announced",
  standings: {
    open: "open",
    acknowledged: "acknowledged by both",
    expired: "not acknowledged in time",
    cancelled: "replaced by another",
  },
  waitsFor: "waits for",
  corroborated: "corroborated: both parties’ own evidence",
  single: "one party’s word alone",
  agreed: "agreed",
  disagreed: "not agreed",
  left: "left",
  desk: "Acknowledge",
  selectFirst: "Nothing is selected. Select an alert or a notice in the list; only what is selected can be acknowledged.",
  holdsFor: "We hold it for",
  noView: "no view yet",
  natures: ["test", "space launch", "sounding rocket", "attack", "sensor fault", "unknown"],
  acknowledge: "Acknowledge",
  again: "Say our view anew",
  acknowledged: "Acknowledged",
  signing: "Signing …",
  done: "On the log as",
  failed: "Not on the log:",
  differs: "what the centre shows is not what would be signed; call the other side",
  ask: "Ask the other side about it",
  questions: ["is it yours", "was it announced", "do you see it", "what is it", "is your feed well", "call me"],
  answers: ["yes", "no", "not known", "will not say", "calling"],
  open: "Questions",
  noQuestions: "No question is open.",
  asks: "asks about",
  answersAs: "Answer",
  feeds: "Feeds",
  noFeeds: "No feed has reported yet.",
  heard: "heard",
  ago: "ago",
  alarms: "Alarms",
  noAlarms: "No alarm stands.",
  seenWhat: "What was seen",
  map: "Where it was seen: launch areas, expected impact areas, and tracks, as released",
  areas: { launch: "launch area", impact: "expected impact area" },
  sized: (area: Area): string =>
    area.shape === "polygon"
      ? `${area.corners.length} corners`
      : `${area.containment_percent} %: ${Math.round(area.semi_major_km)} by ${Math.round(area.semi_minor_km)} km from its middle, ` +
        `the longer way at ${Math.round(area.bearing_deg)}°`,
  tracks: (count: number): string => `${count.toLocaleString("en")} ${count === 1 ? "track" : "tracks"}`,
  oldTracks: (count: number): string => `${count.toLocaleString("en")} not heard of for 30 s`,
  allTracks: "Tracks in words",
  newest: (shown: number, all: number): string => `The ${shown} heard of last, of ${all.toLocaleString("en")}`,
  columns: ["Track", "Above", "Height", "Heard"],
  legend: "Launch areas are drawn full, expected impact areas dashed; every area as large as it was released.",
};

const REASONS: Record<string, string> = {
  "alert-expired": "the time to acknowledge it is over",
  "alert-cancelled": "another alert has taken its place",
  "alert-closed": "it is closed",
  "other-text": "it is not the alert that the log holds",
  throttled: "too much at once; wait a moment",
};

export function reason(code: string): string {
  return REASONS[code] ?? code.replaceAll("-", " ");
}

const names: Record<string, string> = {};

/** What the parties are called, as the exercise's scenario has it; without, their names in the log are read as words. */
export async function loadNames(): Promise<void> {
  try {
    Object.assign(names, (await (await fetch("names.json")).json()) as Record<string, string>);
  } catch {
    return; // the centre will be asked for everything else, too
  }
}

/** A name as people read it. */
export function party(name: string): string {
  return names[name] ?? name.replaceAll("_", " ");
}

/** A party's colour, by number: in the order in which the scenario names them, so that it is that of all other pictures. */
export function colour(name: string, parties: string[]): number {
  const known = Object.keys(names);
  return (known.includes(name) ? known : parties).indexOf(name);
}

/** Hours, minutes and seconds of an instant, UTC. */
export function clock(instant: string | number): string {
  return `${new Date(instant).toISOString().slice(11, 19)} Z`;
}

/** A place, to a tenth of a degree, as coarse as anything here is released. */
export function place(lat: number, lon: number): string {
  return `${Math.abs(lat).toFixed(1)}° ${lat < 0 ? "S" : "N"} ${Math.abs(lon).toFixed(1)}° ${lon < 0 ? "W" : "E"}`;
}

/** A length of time. */
export function span(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 60) return `${s} s`;
  const minutes = Math.floor(s / 60);
  return minutes < 60 ? `${minutes} min ${s % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
