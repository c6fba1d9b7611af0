import assert from "node:assert/strict";
import test from "node:test";
import { details, isToldTo } from "../details";
import type { Rung } from "../document";
import { aboutOf, atOtherRung, eventKey, objectOf, shotKey } from "../happened";
import { sample } from "./sample";

const doc = sample();
const [low, high] = doc.rungs as [Rung, Rung];
const values = (key: string, now: number, side: 0 | 1 | "truth"): string =>
  JSON.stringify(details(doc, key, Math.floor(now / 10), 1, now, side));

test("an event leads to what it is about", () => {
  assert.deepEqual(
    low.events.map((event) => aboutOf(doc, low, event)),
    ["truth.0", "track.0.1", "track.0.0"],
  );
  assert.equal(objectOf(doc, eventKey(low, low.events[2]!)), 0);
});

test("the same event and shot are found at another rung", () => {
  assert.equal(atOtherRung(doc, eventKey(low, low.events[1]!), high), "event.4.1");
  assert.equal(atOtherRung(doc, shotKey(low, 0), high), "shot.4.0");
});

test("the outcome of a shot is told afterwards; before, to the analyst alone", () => {
  const key = shotKey(high, 0);
  assert.match(values(key, 40, 0), /not known before 0:50/);
  assert.doesNotMatch(values(key, 40, 0), /"hit|will hit|was stopped/);
  assert.match(values(key, 40, "truth"), /it will hit; nobody but the analyst/);
  assert.match(values(key, 60, 0), /hit; known since 0:50/);
});

test("a chance that is none because the target is elsewhere is not told before", () => {
  const [shot] = high.shots;
  assert.ok(shot);
  Object.assign(shot, { p_kill: 0, hit: false });
  assert.match(values(shotKey(high, 0), 40, 0), /that of its kind/);
  assert.match(values(shotKey(high, 0), 60, 0), /none: the target was not where/);
  Object.assign(shot, { p_kill: 0.7, hit: true });
});

test("keys that name nothing lead nowhere", () => {
  for (const key of ["event.4.99", "event.9.0", "shot.4.7", "shot.x.y", "event"])
    assert.equal(details(doc, key, 1, 0, 10, 0), null);
});

test("a side is told of its own events and shots, and of the partner's shots where rules flow", () => {
  assert.ok(isToldTo(doc, "event.0.2", 0) && !isToldTo(doc, "event.0.2", 1) && isToldTo(doc, "event.0.2", "truth"));
  assert.ok(!isToldTo(doc, "event.0.0", 0) && isToldTo(doc, "event.0.0", "truth"));
  assert.ok(isToldTo(doc, "shot.0.0", 0) && !isToldTo(doc, "shot.0.0", 1) && isToldTo(doc, "shot.4.0", 1));
});
