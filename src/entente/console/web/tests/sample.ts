/** A small history: two pictures, one missile, one party that learns more at the upper rung. */
import type { Area, Replay, Track } from "../document";

const MOMENTS = 10;

function track(id: number, holder: number, major: number, from = 2): Track {
  const moments = Array.from({ length: MOMENTS - from }, (_, g) => g + from);
  const area: Area = [50, 20, major, major / 2, 30, 80, 5];
  return {
    id,
    holder,
    since_s: from * 10,
    object: 0,
    start: from,
    lat_deg: moments.map((g) => 40 + g),
    lon_deg: moments.map((g) => 30 - g),
    alt_km: moments.map(() => 300),
    velocity_km_s: moments.map(() => [-1, 1.5, 0.5]),
    area: moments.map(() => [5, 2, 30]),
    height_km: moments.map(() => 1),
    burns: moments.map(() => 0),
    launch: [[from, [40, 30, 20, 10, 0, 0, 5]]],
    impact: [
      [from + 1, area],
      [8, null],
    ],
    seen_by: [[from, 1]],
    made_of: [[from, 1]],
    share: [[from, 1]],
    sensors: [[from, [0]]],
    messages: [[from, []]],
    class: [[from, [1]]],
  };
}

export function sample(): Replay {
  const picture = (tracks: Track[]) => ({
    told_s: [null, null],
    doubted_s: [null, null, null],
    refused: [0, 0],
    noticed: [false, true],
    messages: [],
    tracks,
  });
  const rung = (number: number, picture: number, flows: string[] = []) => ({
    rung: number,
    name: "none",
    flows,
    fusion: "none",
    engagement: "alone",
    picture,
    measures: {},
    shots: [
      {
        site: 0,
        object: 0,
        launch_s: 30,
        intercept_s: 50,
        p_kill: 0.7,
        hit: true,
        place: [45, 25] as [number, number],
        alt_km: 200,
      },
    ],
    events: [
      { t_s: 0, party: null, what: "launch" as const, text: "launch 1" },
      { t_s: 20, party: 1, what: "seen" as const, text: "first knows" },
      { t_s: 25, party: 0, what: "warning" as const, text: "credible warning" },
    ],
  });
  return {
    format: 1,
    made_by: { program: "entente", version: "0", code: "0" },
    scenario_hash: "0",
    origin: "study",
    title: "Sample",
    question: "?",
    epoch: "2013-06-01T00:00:00Z",
    case: {
      name: "one",
      title: "One",
      nature: "attack",
      launched_by: "third",
      launches: 1,
      vehicle: "v",
      class: "MRBM",
    },
    cases: [{ name: "one", title: "One" }],
    seed: 1,
    grid: { start_s: 0, step_s: 10, count: MOMENTS },
    classes: ["MRBM"],
    parties: [
      { name: "a", title: "A" },
      { name: "b", title: "B" },
    ],
    regions: [{ name: "r", title: "R", lat_deg: 50, lon_deg: 20, radius_km: 100, roles: ["target"], party: 0 }],
    sensors: [0, 1].map((party) => ({
      id: `s${party}`,
      title: `S${party}`,
      party,
      kind: "radar" as const,
      lat_deg: 45,
      lon_deg: 30,
      revisit_s: 5,
      latency_s: 0,
      reach_km: 1000,
      reach_body_km: 1000,
      faces: [{ azimuth_deg: 0, half_width_deg: 60 }],
    })),
    sites: [{ id: "x", title: "X", party: 0, lat_deg: 44, lon_deg: 20, inventory: 8, range_km: null }],
    notice: { by: "third", lat_deg: 40, lon_deg: 30, radius_km: 50, window_s: [-100, 40] },
    truth: [
      {
        object: 0,
        launch_s: 0,
        burnout_s: 10,
        impact_s: 85,
        apogee_km: 300,
        launch_deg: [40, 30],
        impact_deg: [50, 20],
        lat_deg: Array.from({ length: MOMENTS }, (_, g) => 40 + g),
        lon_deg: Array.from({ length: MOMENTS }, (_, g) => 30 - g),
        alt_km: Array.from({ length: MOMENTS }, () => 100),
      },
    ],
    measures: {},
    pictures: [
      picture([track(0, 0, 100), track(1, 1, 90)]),
      picture([track(0, 0, 10), track(1, 2, 80), track(2, 1, 90)]),
    ],
    rungs: [rung(0, 0), rung(4, 1, ["rules"])],
  };
}
