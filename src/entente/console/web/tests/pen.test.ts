import assert from "node:assert/strict";
import test from "node:test";
import { svgPen } from "../pen";

const measure = { font: "", measureText: (words: string) => ({ width: 6 * words.length }) as TextMetrics };

test("hostile text stays text", () => {
  const { pen, text } = svgPen(100, 100, measure);
  pen.fillText('</text><script>alert("1")</script>', 10, 10);
  assert.doesNotMatch(text(), /<script/);
  assert.match(text(), /&#60;script/);
});

test("clips are closed where they are restored", () => {
  const { pen, text } = svgPen(100, 100, measure);
  pen.save();
  pen.beginPath();
  pen.rect(0, 0, 10, 10);
  pen.clip();
  pen.save();
  pen.fillRect(0, 0, 5, 5);
  pen.restore();
  pen.restore();
  assert.equal(text().match(/<g /g)?.length, text().match(/<\/g>/g)?.length);
});
