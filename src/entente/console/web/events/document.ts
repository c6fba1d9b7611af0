/** What the server tells of ambiguous events (console/events.py and shelf.py say what each field means), and whether it is whole. */

export type Ends = [number, number, number]; // 5, 50 and 95 per cent
export type Shares = [number, number, number]; // resolved rightly, wrongly, open
export type Changes<T> = [number, T][];
export type Rule = "OR" | "AND" | "Bayes";

export interface Head {
  id: string;
  title: string;
  kind: "historical" | "generic";
  date: string;
  zero: string;
  zero_utc: string | null;
  truth: { nature: string; by: string; what: string };
  summary: string;
  alarmed: number;
}

export interface Row extends Head {
  party: string;
  side: number;
  ends: { rung: number; shares: Shares }[];
}

export interface Listed {
  format: number;
  replay: string | null;
  events: (Row | { id: string; why: string })[];
}

export interface Item {
  id: string;
  says: string;
  text: string;
  channel: string;
  giver: "own" | "notice" | "partner";
  threat: boolean;
  at_s: Ends;
  comes: number;
  replaced: boolean;
  held: Changes<number>;
  assumed: string[];
  source: string;
  disputed: string;
}

export interface Weighed {
  rival: number;
  before: Ends;
  channels: { channel: string; says: string; decibans: Ends }[];
  after: Ends;
}

export interface Reading {
  party: number;
  items: Item[];
  quiet: number[];
  chances: number[][]; // by nature, mean at each moment
  low: number[][];
  middle: number[][];
  high: number[][];
  called: Record<Rule, Shares[]>;
  weighed: Changes<Weighed>;
}

export interface Rung {
  rung: number;
  title: string;
  flows: string;
  readings: [number, number];
}

export interface Party {
  name: string;
  title: string;
  suspects: "partner" | "third party" | null;
  trust: Ends;
  did_it: boolean;
}

export interface Person {
  at_s: Ends;
  party: number | null;
  text: string;
  source: string;
}

export interface Told extends Head {
  format: number;
  made_by: { program: string; version: string; code: string };
  disputed: string;
  sources: string[];
  seeds: number;
  reasons: [string, string][]; // head and text; none of an event of one's own
  remarks: string[];
  parties: [Party, Party];
  natures: string[];
  rules: Rule[];
  bars: { held: Ends; cleared: Ends };
  grid: { step_s: number; count: number };
  resolved_at_s: number[];
  people: Person[];
  rungs: Rung[];
  readings: Reading[];
}

const FORMAT = 1;
const KEYS = {
  event: ["id", "title", "truth", "parties", "natures", "bars", "grid", "resolved_at_s", "people", "rungs", "readings"],
  list: ["events"],
};

/** What is wrong with an answer, in one line; null if nothing is. */
export function wrong(told: unknown, what: keyof typeof KEYS): string | null {
  const said = told as Record<string, unknown> | null;
  if (typeof said !== "object" || said === null || typeof said.format !== "number")
    return "events.json: has no format number; it is of no event, or damaged";
  if (said.format !== FORMAT)
    return `events.json: format ${said.format} is not the one that this page reads (${FORMAT}); restart the console, and reload`;
  const missing = KEYS[what].find((key) => typeof said[key] !== "object" && typeof said[key] !== "string");
  return missing ? `events.json: damaged, ${missing} is missing; restart the console, and reload` : null;
}

/** What holds at a moment. */
export function at<T>(changes: Changes<T>, moment: number): T | undefined {
  let found: T | undefined;
  for (const [g, value] of changes) {
    if (g > moment) break;
    found = value;
  }
  return found;
}
