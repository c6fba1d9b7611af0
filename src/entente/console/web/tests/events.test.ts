import assert from "node:assert/strict";
import test from "node:test";
import { height } from "../events/chart";
import { at, wrong } from "../events/document";
import { chance, decibans, moment, share, when } from "../events/words";

test("a share is never rounded to all or to none", () => {
  assert.deepEqual([0, 0.0001, 0.44, 0.9999, 1].map(share), ["0 %", "<1 %", "44 %", ">99 %", "100 %"].map(unbroken));
});

test("a chance is said in per cent or as one in so many, with two digits that count", () => {
  assert.deepEqual([0.22, 0.05, 0.00196, 7.1e-5, 3e-7].map(chance), [
    unbroken("22 %"),
    "1 in 20",
    "1 in 510",
    "1 in 14,000",
    "<1 in 100,000",
  ]);
});

test("decibans carry their sign, and nothing has none", () => {
  assert.deepEqual([11.46, -17.6, 0.01, -0.04].map(decibans), ["+11.5", "−17.6", "0.0", "0.0"]);
});

test("a time comes with its range, and what is hours away in hours", () => {
  assert.equal(when([66, 84, 128]), "1:24 (1:06 to 2:08)");
  assert.equal(when([0, 0, 0]), "0:00");
  assert.equal(when([-900, -600, -300]), "before");
  assert.equal(moment(172_800), unbroken("48 h"));
});

test("what holds at a moment is what was said last", () => {
  const said: [number, string][] = [[0, "a"], [5, "b"]]; // prettier-ignore
  assert.deepEqual([0, 4, 5, 99].map((g) => at(said, g)), ["a", "a", "b", "b"]);
  assert.equal(at([[3, "a"]], 2), undefined);
});

test("a power of ten is a step of the chart, and what is smaller stands at its bottom", () => {
  const [top, tenth, least, below] = [1, 0.1, 1e-5, 1e-9].map(height) as [number, number, number, number];
  assert.equal(top, 1);
  assert.ok(Math.abs(tenth - 0.8) < 1e-12);
  assert.ok(Math.abs(least) < 1e-12 && Math.abs(below) < 1e-12);
});

test("an answer of another form is named in one line", () => {
  assert.equal(wrong({ format: 1, events: [] }, "list"), null);
  assert.match(wrong({ format: 2 }, "list") ?? "", /format 2 is not the one/);
  assert.match(wrong(null, "event") ?? "", /no format number/);
  assert.match(wrong({ format: 1, id: "a" }, "event") ?? "", /title is missing/);
});

function unbroken(text: string): string {
  return text.replace(" ", "\u00a0");
}
