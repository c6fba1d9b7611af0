/** Every word of the events' pages that does not come from the server, and how numbers are written there. */

import { clock } from "../words";

export const WORDS = {
  name: "Entente",
  events: "Ambiguous events",
  question: "What could be taken for an attack: who knew what when, and what sharing would have changed.",
  loading: "Reading the event",
  mark: "EXERCISE",
  markLong: "A model of the past, from open sources: nothing on this page is happening",
  noServer: "The server does not answer. Trying again every few seconds; what is on the screen stays.",
  cannot: "This event cannot be shown",
  cannotList: "The events cannot be listed",
  tryAgain: "Try again",
  all: "All events",
  replay: "Replay of a run",
  eventLabel: "Event",
  history: "From history",
  made: "Made up, to show a kind",
  invented: "made up",
  was: "It was",
  truth: "What it was",
  leftRung: "Rung of the first line",
  rightRung: "Rung of the second line",
  ladder: "understood rightly in so many per cent of histories, rung by rung",
  atRung: "per cent understood rightly at rung",
  ladderHelp: "Choose a rung to compare",
  eyes: "In whose eyes",
  nature: "Nature",
  chanceOf: "Chance of",
  natures: {
    test: "a test",
    "space launch": "a space launch",
    "sounding rocket": "a sounding rocket",
    attack: "an attack",
    "sensor fault": "a sensor fault",
    unknown: "anything else",
  } as Record<string, string>,
  noKind: "something else",
  heldBar: "above: held for an attack",
  clearedBar: "below: all clear",
  endsAre: "After 10 minutes, at rung 0, which is what was, and at rung 8, one joint system:",
  fates: { right: "understood rightly", open: "open", wrong: "held for an attack", quiet: "nothing to judge yet" },
  missed: "taken for no attack",
  fatesTitle: "How it would be called",
  fatesSub: "by the chance of an attack, in shares of histories",
  chartSub: "the line is the median of all histories, the band holds 90 %",
  people: "What people did, as told",
  holdsSub: "height: in which share of histories it is held",
  knows: "did it itself, and knows what it is",
  notHere: "not at this rung",
  suspectsPartner: "suspects",
  suspectsThird: "suspects a third party",
  suspectsNobody: "suspects nobody",
  givers: { own: "own sensors", notice: "notices" },
  why: "Why",
  computed: "Computed from the readings of the side that could be alarmed; nothing is written by hand for one event.",
  now: "At this moment",
  about: "Behind it",
  details: "Details",
  rules: { Bayes: "By the chance", OR: "By one sensor (OR)", AND: "By two kinds (AND)" } as Record<string, string>,
  weights: "What speaks for an attack, and what against",
  weightsHelp: (rival: string) =>
    `In decibans against the likeliest other nature, ${rival}: +10 makes an attack ten times likelier beside it, −10 ten times less likely. Medians, with 90\u00a0% of histories.`,
  before: "Before any evidence",
  after: "All together",
  since: "since",
  heldIn: "held in",
  ofHistories: "of histories",
  replaced: "until a later report replaces it",
  timeAssumed: "time assumed",
  appearsAssumed: "whether it comes assumed",
  saysAssumed: "reading assumed",
  notWeighed: "in fewer than half",
  weighsNothing: "weighs nothing: the partner is the suspect",
  chances: "How likely each nature is",
  chancesHelp: "Mean over histories; each column sums to 100\u00a0%.",
  nothingYet: "Nothing is held yet.",
  disputed: "What sources disagree on",
  odd: "What the notices are worth, and what is odd in them",
  assumed: "What is assumed",
  evidence: "Evidence, and where it is told",
  sources: "Sources of the event",
  theme: { dark: "Switch to light colours", light: "Switch to dark colours" },
  keys: "Keys",
  print: "Print",
  close: "Close",
  shortcuts: "Letters, digits and signs work as keys",
  time: "Time after the event's zero",
  play: "Play",
  pause: "Pause",
  speed: "Speed",
} as const;

export const SAY = {
  rung: (n: number) => `Rung ${n}`,
  odds: (n: number) => `1 in ${n.toLocaleString("en-GB")}`,
  rungs: (numbers: number[]) => (numbers.length > 1 ? `Rungs ${numbers.join(" and ")}` : `Rung ${numbers[0]}`),
  minutes: (s: number) => `${s / 60}\u00a0min`,
  headline: (
    at: string,
    who: string,
    nature: string,
    wrong: [string, string],
    right: [string, string],
    rungs: [number, number],
  ) => {
    const held = nature === "attack" ? "takes it for no attack" : "holds it for an attack";
    const one = rungs[0] === rungs[1];
    if (one || (wrong[0] === wrong[1] && right[0] === right[1]))
      return `At ${at}${one ? "" : ", at both rungs"}, ${who} has understood it in ${right[1]} of histories and ${held} in ${wrong[1]}.`;
    const then = wrong[0] === wrong[1] ? `at both it ${held} in ${wrong[1]}` : `it ${held} in ${wrong[0]} and ${wrong[1]}`;
    return `At ${at}, ${who} has understood it in ${right[0]} of histories at rung\u00a0${rungs[0]}, in ${right[1]} at rung\u00a0${rungs[1]}; ${then}.`;
  },
  quiet: (at: string, who: string) => `At ${at}, ${who} holds nothing yet.`,
  did: (who: string) => `${who} did it itself, and knows what it is.`,
  shares: (right: string, open: string, wrong: string) => `${right} understood rightly, ${open} open, ${wrong} wrongly`,
  range: (a: string, b: string) => `${a} to ${b}`,
  given: (party: string) => `from ${party}`,
  bars: (held: string, cleared: string) =>
    `An event is held for an attack from a chance of ${held} up, and is over below ${cleared}: both bars are assumed.`,
  trust: (party: string, share: string) => `How far ${party} believes its partner's word: ${share}.`,
  seeds: (n: number) =>
    `Base rates, the likelihood of every report, common causes, the bars and all delays are assumed, as ranges. They are drawn anew in each of ${n} histories, the same at every rung.`,
  made: (program: string, version: string, code: string) => `${program} ${version}, code ${code}`,
  zero: (what: string) => `time zero: ${what}`,
  list: (title: string) => `${title} · Entente`,
} as const;

export const KEYS: [string, string][] = [
  ["Space", "Play or pause"],
  ["← →", "One step back or on; with Shift one minute"],
  ["Home End", "To the start, to the end"],
  ["[ ]", "What comes before, what comes next"],
  ["0 to 9", "Rung of the second line; with Shift of the first"],
  ["p", "Next side that looks"],
  ["v", "Next nature in the chart"],
  ["/", "To the list of events"],
  ["Esc", "Close what is open"],
  ["?", "These keys"],
];

/** What it was: "a sounding rocket"; of what has no kind of its own, that. */
export function kind(nature: string): string {
  return nature === "unknown" ? WORDS.noKind : (WORDS.natures[nature] ?? nature);
}

/** "44 %"; of what hardly ever is, "<1 %". */
export function share(value: number): string {
  if (value > 0 && value < 0.005) return "<1\u00a0%";
  if (value < 1 && value > 0.995) return ">99\u00a0%";
  return `${Math.round(100 * value)}\u00a0%`;
}

export const LEAST = 1e-5; // a chance below it is said to be below it

/** "12 %" or "1 in 350". */
export function chance(value: number): string {
  if (value < LEAST) return `<${chance(LEAST)}`;
  if (value >= 0.095) return share(value);
  const one = 1 / Math.max(value, 1e-6);
  const digits = 10 ** Math.max(0, Math.floor(Math.log10(one)) - 1);
  return `1 in ${(Math.round(one / digits) * digits).toLocaleString("en-GB")}`;
}

/** "+8.9 dB". */
export function decibans(value: number): string {
  const shown = Math.abs(value) < 0.05 ? "0.0" : Math.abs(value).toFixed(1);
  return `${value < -0.05 ? "−" : value > 0.05 ? "+" : ""}${shown}`;
}

/** "1:24"; hours in words. */
export function moment(s: number): string {
  return s < -0.5 ? "before" : s > 7200 ? `${Math.round(s / 3600)}\u00a0h` : clock(s);
}

/** "1:24 (1:06 to 2:08)". */
export function when([low, middle, high]: [number, number, number]): string {
  const isExact = middle < -0.5 || high - low < 1;
  return isExact ? moment(middle) : `${moment(middle)} (${SAY.range(moment(low), moment(high))})`;
}

/** "25 January 1995". */
export function day(iso: string): string {
  const date = new Date(`${iso}T00:00:00Z`);
  return Number.isNaN(date.getTime())
    ? iso
    : date.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
}

export { clock };
