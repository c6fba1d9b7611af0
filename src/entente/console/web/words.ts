/** Every word the console shows that does not come from the document, and how numbers are written. */

import { type Replay, type Rung } from "./document";
import { type Perspective } from "./scene";

export const WORDS = {
  name: "Entente",
  loading: "Reading the replay",
  noServer: "The server does not answer. Trying again every few seconds; what is on the screen stays.",
  noReplay: "This replay cannot be shown",
  tryAgain: "Try again",
  exercise: "EXERCISE",
  exerciseLong: "Exercise: nothing on this page is happening",
  views: { europe: "Europe", pole: "North Pole", world: "World", globe: "Globe", space: "3D" },
  space: {
    none: "This browser cannot draw in 3D (no WebGL 2): the flat globe shows the same.",
    lost: "The 3D picture was lost (the graphics system reset it): the flat globe shows the same.",
    name: "Globe in three dimensions. Arrow keys turn it, plus and minus zoom, Shift and arrows lean it, 0 goes home.",
  },
  viewsLabel: "View",
  compareLabel: "Compare",
  compare: { one: "One map", divide: "Divider", beside: "Side by side" },
  caseLabel: "Case",
  theme: { dark: "Switch to light colours", light: "Switch to dark colours" },
  search: "Search",
  searchLabel: "Search tracks, sensors, sites, regions and events",
  searchHint: "Type a name",
  nothingFound: "Nothing has that name",
  notTold: "Who looks here does not know of it",
  keys: "Keys",
  shortcuts: "Letters, digits and signs work as keys",
  layers: "Layers",
  layerNames: {
    radars: "Reach of radars",
    satellites: "Coverage of satellites",
    paths: "Predicted paths",
    regions: "Defended regions",
  },
  save: "Save picture",
  savePng: "Picture (PNG)",
  saveSvg: "Drawing (SVG)",
  play: "Play",
  pause: "Pause",
  speed: "Speed",
  time: "Time since the epoch",
  after: "after launch",
  before: "before launch",
  rungLabel: "Rung of cooperation",
  seenBy: "Seen by",
  truth: "What really happened",
  centre: "Joint centre",
  divider: "Divider between the two rungs",
  map: "Map. Arrow keys move in time; plus and minus zoom; shift with arrows moves the map.",
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  zoomHome: "Whole view",
  centreStates: "The joint centre states no impact area: nobody answers from its picture. Each party reckons them from its own.",
  noCentre: "At this rung there is no joint centre",
  emptyPicture: "Nothing is tracked now",
  partnersWarning: "partner’s warning",
  launchSeen: "launch area",
  trueImpact: "true impact",
  truePlace: "true place",
  high: "high",
  seesIt: "sees it",
  horizon: "its horizon",
  area90: "90\u00a0% impact area",
  smaller: "smaller",
  larger: "larger",
  same: "the same",
  compareTitle: "The same instant",
  rows: {
    areas: "90\u00a0% areas",
    impact: "Impact area",
    when: "Impact time,\u00a0±",
    position: "Position area",
    launch: "Launch area",
    first: "First knew",
    warning: "Warned",
  },
  chartTitle: "90\u00a0% impact area over time",
  unknown: "not known",
  never: "never",
  notYet: "not yet",
  events: "Who knew what, when",
  eventsTab: "Events",
  eventsNone: "Nothing happens here",
  tracks: "Tracks",
  trackColumns: {
    name: "Track",
    height: "Height",
    speed: "Speed",
    position: "Position 90\u00a0%",
    impact: "Impact 90\u00a0%",
  },
  details: "Details",
  warningOnly: "partner’s warning, no place",
  launchOnly: "launch seen, no place",
  comparison: "Compare",
  close: "Close",
  whoSays: "Who says so",
  whatItIs: "What it is",
  howWell: "How well known",
  madeOf: "Made of",
  changed: "What changed in the last minute",
  nothingChanged: "Nothing",
  notHeld: "Not held at this moment.",
  goStart: "Go to when it begins",
  position: "Position, 90\u00a0% area",
  heightOff: "Height, ±",
  height: "Height",
  speedIs: "Speed",
  impactIs: "Impact area, 90\u00a0%",
  impactTime: "Time of impact",
  launchIs: "Launch area, 90\u00a0%",
  launchTime: "Time of launch",
  classIs: "Likely class",
  burning: "Motor",
  burns: "burning",
  coasting: "burnt out",
  sensorsIn: "Sensors whose reports went in",
  messagesIn: "Messages that went in",
  own: "own sensors only",
  partners: "the partner's messages only",
  both: "own sensors and the partner's messages",
  seenByRadar: "radar",
  seenByHeat: "infrared satellite",
  seenByBoth: "radar and infrared satellite",
  warningMessage: "warning",
  trackMessage: "track",
  owner: "Owner",
  reach: "Published reach",
  reachBody: "Reach against this vehicle",
  elevation: "Elevation",
  faces: "Faces",
  revisit: "Looks every",
  latency: "Reports after",
  altitude: "Altitude",
  below: "Above",
  feedsNothing: "nothing that is tracked",
  inventory: "Interceptors",
  range: "Range",
  radius: "Radius",
  roles: { origin: "launches come from here", target: "launches go here" } as Record<string, string>,
  shortRoles: { origin: "launch region", target: "target region" } as Record<string, string>,
  defended: "defended",
  defendedBy: "Defended by",
  noticeTitle: "Announced launch",
  noticeBy: "Announced by",
  noticeWindow: "Window",
  noticeOpen: "open now",
  noticeClosed: "closed now",
  apogee: "Highest point",
  burnout: "Burnout",
  impactAt: "Impact",
  launchAt: "Launch",
  stopped: "stopped by an interceptor",
  truthOf: "Missile",
  shotsFrom: "Interceptor",
  hit: "hit",
  miss: "missed",
  heldBy: "Held by",
  at: "At",
  since: "Since",
  place: "Place",
  bothParties: "both parties",
  informationOwn: "Information of its own",
  impactArea: "Impact area",
  launchArea: "Launch area",
  reportsIn: "Its reports are in",
  noShots: "none so far",
  middle: "Middle",
  around: "Around",
  inHistory: "In this history",
  vehicle: "Vehicle",
  vehicleClass: "Class",
  whoWasTold: "Who was told",
  nobody: "nobody on duty",
  question: "Question",
  launchedBy: "Launched by",
  seedIs: "Seed",
  historyLabel: "History",
  anyHistory: "Any whole number from 0 names a history; the same number always gives the same one",
  previousHistory: "Previous history",
  nextHistory: "Next history",
  firstHistory: "Show the first history instead",
  stay: "Keep the history that is shown",
  zoom: "Zoom",
  warned: "warning",
  allTogether: "all together",
  theCentre: "the joint centre",
  fromWhom: "From",
  kinds: {
    track: "Track",
    radar: "Early-warning or tracking radar",
    satellite: "Early-warning satellite",
    site: "Interceptor site",
    region: "Region",
    truth: "True flight",
    event: "Event",
    shot: "Interceptor shot",
    notice: "Notice",
  },
  happenings: {
    launch: "a missile leaves the ground",
    burnout: "its motor has burnt out",
    impact: "it comes down, or would have",
    seen: "the first word of the launch, from its own sensors or a partner",
    told: "what a partner shares begins to arrive, or is doubted",
    track: "enough reports agree for a track to stand in the picture",
    warning: "sure enough that it comes down in time to act on: the bar is the party’s own",
    shot: "an interceptor leaves its site",
    intercept: "the interceptor meets its target, or passes it",
  },
  engagements: {
    alone: "each party for itself",
    deconflicted: "each party, knowing where the other fires",
    coordinated: "both together: one side is assigned each target",
    sectoral: "by sector: each side answers for its own, also for what flies on to the partner",
    joint: "one assignment over both inventories, which needs both keys",
  } as Record<string, string>,
  when: "When",
  means: "Meaning",
  knownTo: "Known to",
  analystOnly: "nobody in the story: what really happened",
  followed: "What followed",
  nothingFollowed: "Nothing in this history",
  atOnce: "At the same time",
  otherRungs: "At the other rungs",
  sameAtAll: "The same",
  timeLeft: "Time left",
  notYetStated: "none stated yet",
  left: "Left",
  meets: "To meet",
  met: "Met",
  aimedAt: "Aimed at",
  decides: "Who decides",
  toldOfShots: "is told of shots at this rung",
  notToldOfShots: "is not told of shots at this rung",
  chance: "Chance of kill assumed",
  chanceUnknown: "that of its kind, if the target comes where expected",
  notWhereExpected: "none: the target was not where it was expected",
  outcome: "Outcome",
  outcomeNote: "A party learns the outcome only afterwards. Judging a kill takes no time here; in truth it takes some.",
  firedOn: "Fired on what was known by",
  notYetLaunched: "Not launched at this moment",
  sameTarget: "Others at the same missile",
  pathsLimited: "Predicted paths: the selected track only, as there are more than 40",
  about: "About this history",
  ambiguous: "Ambiguous events",
  epoch: "Time zero",
  madeBy: "Made by",
  hash: "Scenario hash",
  credits: "Land and borders: Natural Earth, as modified by Visionscarto.",
  border: "Simulated from open literature. No number here is an intelligence estimate.",
} as const;

/** Sentences, and names with a number in them. */
export const SAY = {
  track: (n: number) => `Track T${n}`,
  interceptor: (n: number) => `${WORDS.shotsFrom} ${n}`,
  interceptors: (n: number) => (n > 1 ? `${n} interceptors` : WORDS.shotsFrom),
  goTo: (when: string) => `Go to ${when}`,
  about: (name: string) => `Show ${name}`,
  from: (site: string) => `From ${site}`,
  later: (by: string) => `+${by}`,
  apart: (by: string, sooner: boolean) => `${by} ${sooner ? "earlier" : "later"}`,
  untilImpact: (time: string) => `${time} to the stated impact`,
  afterLeaving: (time: string) => `${time} after it left`,
  shotBeside: (n: number, when: string, site: string) => `${WORDS.shotsFrom} ${n}, left at ${when}, ${site}`,
  knownSince: (what: string, when: string) => `${what}; known since ${when}`,
  willBe: (hit: boolean, when: string) => `it will ${hit ? "hit" : "miss"}; nobody but the analyst knows before ${when}`,
  notBefore: (when: string) => `not known before ${when}`,
  wasMet: (hit: boolean, n: number) => (hit ? `Missile ${n} was stopped` : `Missile ${n} flew on`),
  onItsWay: (left: string) => `On its way, ${left} to go`,
  seed: (seed: string) => `Seed ${seed}`,
  computing: (title: string, seed: string) => `Computing seed ${seed}${title ? ` of “${title}”` : ""}…`,
  notShown: (title: string, seed: string) => `Seed ${seed}${title ? ` of “${title}”` : ""} is not shown.`,
  stays: (seed: string) => `Seed ${seed} stays on the screen.`,
  rung: (n: number) => `Rung ${n}`,
  rungLong: (n: number, name: string) => `rung ${n}, ${name}`,
  missile: (n: number) => `${WORDS.truthOf} ${n}`,
  around: (what: string, where: string) => `${what} around ${where}`,
  to: (a: string, b: string) => `${a} to ${b}`,
  inTime: (what: string, when: string) => `${what} at ${when}`,
  size: (area: string, long: string, wide: string) => `${area} (${long} long, ${wide} wide)`,
  speed: (kmPerS: string, falls: boolean) => `${kmPerS}\u00a0km/s, ${falls ? "falling" : "climbing"}`,
  informationFrom: (who: string) => `Information from ${who}`,
  earlier: (n: number) => `and ${n} earlier ones`,
  more: (n: number) => `and ${n} more`,
  sensor: (n: number) => `sensor ${n}`,
  trackOf: (n: number, who: string) => `T${n} of ${who}`,
  began: (when: string) => `Began at ${when}`,
  firstStated: (name: string, size: string) => `${name}: first stated, ${size}`,
  becameAs: (name: string, a: string, b: string) => `${name}: ${a} → ${b}`,
  noLonger: (name: string) => `${name}: no longer stated`,
  newSensor: (name: string) => `New sensor: ${name}`,
  messages: (n: number, last: string) =>
    `${n} message${n > 1 ? "s" : ""} of the partner went in${last ? `, the last ${last}` : ""}`,
  message: (when: string, kind: string, who: string, trueAt: string) =>
    `${when}: ${kind} from ${who}, true at ${trueAt}`,
  meets: (n: number, when: string) => `meets missile ${n} at ${when}`,
  met: (hit: boolean, n: number, when: string) => `${hit ? WORDS.hit : WORDS.miss} missile ${n} at ${when}`,
  shot: (n: number, left: string, end: string, height: string) =>
    `Interceptor ${n}: left at ${left}, ${end}, ${height} high`,
  shotsAt: (n: number) => `Shots at rung ${n}`,
  hours: (s: number) => `${number(Math.abs(s) / 3600)}\u00a0h ${s < 0 ? WORDS.before : WORDS.after}`,
  code: (program: string, version: string, code: string) => `${program} ${version}, code ${code}`,
  source: (title: string, seed: number, made: string) => `${title}, seed ${seed}, ${made}. ${WORDS.credits}`,
  // What two maps show, in one sentence.
  one: (at: string, area: string) => `At ${at}, the 90\u00a0% impact area is ${area}.`,
  none: (at: string) => `At ${at}, no impact area is known.`,
  only: (at: string, who: string, rung: string, area: string) =>
    `At ${at}, ${who} knows an impact area at ${rung} only: ${area}.`,
  same: (at: string, who: string, area: string) =>
    `At ${at}, the impact area known to ${who} is the same on both maps: ${area}.`,
  compared: (at: string, who: string, how: string, here: string, there: string) =>
    `At ${at}, the impact area known to ${who} is ${how} at ${here} than at ${there}.`,
  sides: (at: string, a: string, b: string) => `At ${at}, the impact area: ${a}; ${b}.`,
} as const;

/** The keys, and what they do. */
export const KEYS: [string, string][] = [
  ["Space", "Play or pause"],
  ["← →", "One step back or on; with Shift one minute"],
  ["Home End", "To the start, to the end"],
  ["[ ]", "Event before, event after"],
  ["e", "The panel of the event at this moment; again for the next one"],
  ["0 to 9", "Rung of the right map; with Shift of the left one"],
  ["v", "Next view"],
  ["p", "Next side that looks"],
  ["c", "One map, divider, side by side"],
  ["+ −", "Zoom; 0 with Alt shows the whole view"],
  ["/", "Search"],
  ["Esc", "Close what is open"],
  ["?", "These keys"],
];

/** A number with three digits that count, thousands apart. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return WORDS.unknown;
  const digits = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString("en-GB", {
    maximumFractionDigits: Math.min(2, digits),
    ...(value >= 1000 ? { maximumSignificantDigits: 3 } : {}),
  });
}

export function squareKm(value: number): string {
  return Number.isFinite(value) ? `${number(value)}\u00a0km²` : WORDS.unknown;
}

export function km(value: number): string {
  return Number.isFinite(value) ? `${number(value)}\u00a0km` : WORDS.unknown;
}

/** "3:20" for 200 s. */
export function clock(t: number): string {
  const s = Math.round(Math.abs(t));
  const [h, m] = [Math.floor(s / 3600), Math.floor((s % 3600) / 60)];
  const tail = String(s % 60).padStart(2, "0");
  return `${t < -0.5 ? "−" : ""}${h > 0 ? `${h}:${String(m).padStart(2, "0")}` : m}:${tail}`;
}

/** "3 minutes 20 seconds after launch", for ears. */
export function spoken(t: number): string {
  const s = Math.round(Math.abs(t));
  const [m, rest] = [Math.floor(s / 60), s % 60];
  const minutes = m === 1 ? "1 minute " : m > 0 ? `${m} minutes ` : "";
  return `${minutes}${rest} second${rest === 1 ? "" : "s"} ${t < -0.5 ? WORDS.before : WORDS.after}`;
}

export function seconds(value: number | null | undefined): string {
  return value == null || !Number.isFinite(value) ? WORDS.unknown : `${number(value)}\u00a0s`;
}

/** "08:03:20Z" on the day of the history. */
export function utc(doc: Replay, t: number): string {
  const at = new Date(Date.parse(doc.epoch) + t * 1000);
  return Number.isNaN(at.getTime()) ? "" : `${at.toISOString().slice(11, 19)}Z`;
}

export function place(lat_deg: number, lon_deg: number): string {
  const ns = lat_deg < 0 ? "S" : "N";
  const ew = lon_deg < 0 ? "W" : "E";
  return `${Math.abs(lat_deg).toFixed(1)}° ${ns}, ${Math.abs(lon_deg).toFixed(1)}° ${ew}`;
}

export function holderName(doc: Replay, holder: number): string {
  return doc.parties[holder]?.title ?? WORDS.centre;
}

export function perspectiveName(doc: Replay, perspective: Perspective): string {
  if (perspective === "truth") return WORDS.truth;
  return perspective === "centre" ? WORDS.centre : holderName(doc, perspective);
}

export function rungName(rung: Rung): string {
  return `Rung ${rung.rung}: ${rung.name === "none" ? "nothing shared" : rung.name}`;
}

export function rungShort(rung: Rung): string {
  return SAY.rung(rung.rung);
}

/** "14 times smaller", of b beside a; "14× smaller" where there is little room. */
export function ratio(a: number, b: number, short = false): string {
  if (!(a > 0 && b > 0)) return "";
  const times = a / b;
  if (Math.abs(times - 1) < 0.05) return WORDS.same;
  const shown = (r: number): string => `${r < 10 ? r.toFixed(1) : number(Math.round(r))}${short ? "×" : " times"}`;
  return times > 1 ? `${shown(times)} ${WORDS.smaller}` : `${shown(1 / times)} ${WORDS.larger}`;
}

/** A title up to its first comma or bracket: "Kurecik" of "Kurecik, AN/TPY-2 forward-based". */
export function shortName(title: string, by = /[,(]| near /): string {
  const short = title.split(by, 1)[0]?.trim() ?? title;
  return short.length > 32 ? `${short.slice(0, 31)}…` : short;
}
