// A replay of many tracks that nobody simulated, to measure drawing with: node bench/make.mjs 1000 [events] > replay.json
const count = Number(process.argv[2] ?? 1000);
const eventCount = Number(process.argv[3] ?? 40);
const MOMENTS = 120;
const STEP_S = 5;
let state = 12345;
const random = () => (state = (state * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
const round = (value, digits) => Math.round(value * 10 ** digits) / 10 ** digits;

function track(id) {
  const [lat0, lon0] = [30 + 25 * random(), 5 + 50 * random()];
  const [dlat, dlon] = [0.2 * (random() - 0.3), 0.24 * (random() - 0.6)];
  const moments = Array.from({ length: MOMENTS }, (_, g) => g);
  const size = (g) => 60 * Math.exp(-g / 40) + 4;
  const impact = (g) => [
    round(lat0 + 130 * dlat, 4),
    round(lon0 + 130 * dlon, 4),
    round(2 * size(g), 3),
    round(size(g), 3),
    40,
    600,
    20,
  ];
  return {
    id,
    holder: id % 3,
    since_s: 0,
    object: id,
    start: 0,
    lat_deg: moments.map((g) => round(lat0 + g * dlat, 4)),
    lon_deg: moments.map((g) => round(lon0 + g * dlon, 4)),
    alt_km: moments.map((g) => round(400 + 300 * Math.sin((g / MOMENTS) * Math.PI), 2)),
    velocity_km_s: moments.map(() => [round(dlon * 15, 4), round(dlat * 22, 4), 0]),
    area: moments.map((g) => [round(size(g), 3), round(size(g) / 2, 3), 40]),
    height_km: moments.map(() => 3),
    burns: moments.map(() => 0),
    launch: [],
    impact: moments.map((g) => [g, impact(g)]),
    seen_by: [[0, 1]],
    made_of: [[0, 1]],
    share: [[0, 1]],
    sensors: [[0, [0]]],
    messages: [[0, []]],
    class: [[0, [1]]],
  };
}

const party = (name, title) => ({ name, title });
const kinds = ["seen", "track", "warning", "told", "shot"];
const events = Array.from({ length: eventCount }, (_, i) => ({
  t_s: round((i / eventCount) * MOMENTS * STEP_S, 1),
  party: i % 2,
  what: kinds[i % 5],
  text: `event ${i}`,
}));
process.stdout.write(
  JSON.stringify({
    format: 1,
    made_by: { program: "bench", version: "0", code: "0" },
    scenario_hash: "0",
    origin: "exercise",
    title: `${count} tracks`,
    question: "How long does a frame take?",
    epoch: "2013-06-01T00:00:00Z",
    case: {
      name: "many",
      title: `${count} moving tracks`,
      nature: "attack",
      launched_by: "nobody",
      launches: count,
      vehicle: "none",
      class: "MRBM",
    },
    cases: [{ name: "many", title: "many" }],
    seed: 1,
    grid: { start_s: 0, step_s: STEP_S, count: MOMENTS },
    classes: ["MRBM"],
    parties: [party("us_nato", "United States and NATO"), party("russia", "Russian Federation")],
    regions: [],
    sites: [],
    notice: null,
    truth: [],
    measures: {},
    sensors: [
      {
        id: "r",
        title: "Radar",
        party: 0,
        kind: "radar",
        lat_deg: 50,
        lon_deg: 20,
        revisit_s: 5,
        latency_s: 0,
        reach_km: 2000,
        reach_body_km: 2000,
        elevation_deg: [0, 90],
        faces: [{ azimuth_deg: 120, half_width_deg: 60 }],
      },
    ],
    pictures: [
      {
        told_s: [null, null],
        doubted_s: [null, null, null],
        refused: [0, 0],
        noticed: [false, false],
        messages: [],
        tracks: Array.from({ length: count }, (_, id) => track(id)),
      },
    ],
    rungs: [
      {
        rung: 0,
        name: "none",
        flows: [],
        fusion: "none",
        engagement: "alone",
        picture: 0,
        shots: [],
        events,
        measures: {},
      },
    ],
  }),
);
