import assert from "node:assert/strict";
import test from "node:test";
import { wrong } from "../document";
import { sample } from "./sample";

test("a good document has nothing wrong", () => assert.equal(wrong(sample()), null));

test("what is wrong is said in one line that says what to do", () => {
  const cases: [unknown, RegExp][] = [
    [{ ...sample(), format: 3 }, /format 3 is newer than this console reads \(1\); update entente/],
    [{ ...sample(), format: 0 }, /format 0 is older than this console reads \(1\); simulate again/],
    [[], /not a replay/],
    ["<html>", /not a replay/],
    [null, /not a replay/],
    [{}, /no format number/],
    [{ ...sample(), pictures: 3 }, /pictures is no list/],
    [{ ...sample(), rungs: [] }, /tells no rung/],
    [{ ...sample(), rungs: [{ ...sample().rungs[0], picture: 9 }] }, /names a picture that is not there/],
    [{ ...sample(), grid: { start_s: 0, step_s: 0, count: 3 } }, /grid of moments/],
    [{ ...sample(), grid: { start_s: 0, step_s: 10, count: 5 } }, /cut short/],
  ];
  for (const [value, says] of cases) {
    const line = wrong(value);
    assert.match(line ?? "", says);
    assert.doesNotMatch(line ?? "", /\n/);
  }
});
