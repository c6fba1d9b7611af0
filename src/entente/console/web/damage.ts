/** Whether what came has the parts that the console reads, of the kinds it reads them as; said by the first that is not.
 *
 * A shape answers with null, or with the way to the part from where it stands and what is wrong with it: ".t_s is missing".
 * Ways are put together on the way out only: a history may hold a million numbers.
 */

type Shape = (value: unknown) => string | null;

const is =
  (what: string, test: (value: unknown) => boolean): Shape =>
  (value) =>
    test(value) ? null : value === undefined ? " is missing" : ` is ${what} (got ${given(value)})`;
const number = is("no number", Number.isFinite);
const count = is("no whole number", (value) => Number.isInteger(value) && (value as number) >= 0);
const text = is("no text", (value) => typeof value === "string");
const flag = is("neither true nor false", (value) => typeof value === "boolean");
const party = is("no party's number", (value) => value === 0 || value === 1);
const holder = is("no holder's number", (value) => value === 0 || value === 1 || value === 2);
const array = is("no list", Array.isArray);
const table = is("no table", (value) => typeof value === "object" && value !== null && !Array.isArray(value));

const or =
  (shape: Shape): Shape =>
  (value) =>
    value === null ? null : shape(value);
const perhaps =
  (shape: Shape): Shape =>
  (value) =>
    value === undefined ? null : shape(value);

function list(of: Shape): Shape {
  return (value) => {
    const bad = array(value);
    if (bad) return bad;
    for (const [i, each] of (value as unknown[]).entries()) {
      const inside = of(each);
      if (inside) return `.${i}${inside}`;
    }
    return null;
  };
}

/** A list whose places mean something each. */
function row(...of: Shape[]): Shape {
  return (value) => {
    const bad = array(value);
    if (bad) return bad;
    for (const [i, shape] of of.entries()) {
      const inside = shape((value as unknown[])[i]);
      if (inside) return `.${i}${inside}`;
    }
    return null;
  };
}

function part(of: Record<string, Shape>): Shape {
  return (value) => {
    const bad = table(value);
    if (bad) return bad;
    for (const key in of) {
      const inside = (of[key] as Shape)((value as Record<string, unknown>)[key]);
      if (inside) return `.${key}${inside}`;
    }
    return null;
  };
}

function given(value: unknown): string {
  const words = JSON.stringify(value) ?? String(value);
  return words.length > 40 ? `${words.slice(0, 39)}…` : words;
}

const changes = (of: Shape): Shape => list(row(count, or(of)));
const column = list(or(number));
const place = row(number, number);
const triple = row(or(number), or(number), or(number));
const area = row(number, number, number, number, number, number, number);

const track = part({
  id: count,
  holder,
  since_s: or(number),
  object: or(count),
  start: count,
  lat_deg: column,
  lon_deg: column,
  alt_km: column,
  velocity_km_s: list(triple),
  area: list(triple),
  height_km: column,
  burns: column,
  launch: changes(area),
  impact: changes(area),
  seen_by: changes(number),
  made_of: changes(number),
  share: changes(number),
  sensors: changes(list(count)),
  messages: changes(list(count)),
  class: changes(list(number)),
});

const shot = part({
  site: count,
  object: count,
  launch_s: number,
  intercept_s: number,
  p_kill: number,
  hit: flag,
  place,
  alt_km: number,
});

const sensor = part({
  id: text,
  title: text,
  party,
  kind: is("neither radar nor satellite", (value) => value === "radar" || value === "satellite"),
  lat_deg: number,
  lon_deg: number,
  revisit_s: number,
  latency_s: number,
  reach_km: perhaps(number),
  reach_body_km: perhaps(number),
  elevation_deg: perhaps(place),
  faces: perhaps(list(part({ azimuth_deg: number, half_width_deg: number }))),
  alt_km: perhaps(number),
});

const document = part({
  made_by: part({ program: text, version: text, code: text }),
  scenario_hash: text,
  origin: text,
  title: text,
  question: text,
  epoch: text,
  case: part({ name: text, title: text, launched_by: text, vehicle: text, class: text }),
  cases: list(part({ name: text, title: text })),
  seed: count,
  grid: part({ start_s: number, step_s: number, count }),
  classes: list(text),
  parties: list(part({ name: text, title: text })),
  regions: list(
    part({
      name: text,
      title: text,
      lat_deg: number,
      lon_deg: number,
      radius_km: number,
      roles: list(text),
      party: or(party),
    }),
  ),
  sensors: list(sensor),
  sites: list(
    part({
      id: text,
      title: text,
      party,
      lat_deg: number,
      lon_deg: number,
      inventory: number,
      range_km: or(number),
    }),
  ),
  notice: or(part({ by: text, lat_deg: number, lon_deg: number, radius_km: number, window_s: place })),
  truth: list(
    part({
      object: count,
      launch_s: number,
      burnout_s: number,
      impact_s: number,
      apogee_km: number,
      launch_deg: place,
      impact_deg: place,
      lat_deg: column,
      lon_deg: column,
      alt_km: column,
    }),
  ),
  measures: table,
  pictures: list(
    part({
      told_s: column,
      doubted_s: column,
      refused: list(number),
      noticed: list(flag),
      messages: list(row(count, text, number, number)),
      tracks: list(track),
    }),
  ),
  rungs: list(
    part({
      rung: count,
      name: text,
      flows: list(text),
      fusion: text,
      engagement: text,
      picture: count,
      shots: list(shot),
      events: list(part({ t_s: number, party: or(party), what: text, text })),
      measures: table,
    }),
  ),
  notes: perhaps(list(text)),
});

/** What the first damaged part is, and what is wrong with it: "grid.step_s is missing"; null where nothing is. */
export function damaged(value: unknown): string | null {
  return document(value)?.slice(1) ?? null;
}
