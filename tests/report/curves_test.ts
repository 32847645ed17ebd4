import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type CurvePoint, curvesSvg } from "../../src/report/curves.ts";

const row = (epoch: number, macro_f1: number, changes: Partial<CurvePoint> = {}): CurvePoint => ({
  epoch,
  lr: 1e-4,
  train_loss: 0.05 / epoch,
  val_loss: 0.02,
  macro_f1,
  micro_f1: macro_f1 + 0.1,
  weighted_f1: macro_f1 + 0.08,
  samples_f1: macro_f1 + 0.05,
  ...changes,
});
const rows = [row(1, 0.1), row(2, 0.523), row(3, 0.4)];
/** The curves, without the strokes of the legend. */
const curves = (svg: string) =>
  [...svg.matchAll(/<path class="curve (dot )?([a-d])" d="([^"]*)"/g)]
    .map(([_, dot, colour, d]) => ({ dot: dot !== undefined, colour, d }))
    .filter(({ d }) => !d.endsWith("h9"));

Deno.test("a run is drawn as seven curves through every epoch", () => {
  const drawn = curves(curvesSvg(rows));
  assertEquals(drawn.map(({ colour }) => colour).join(""), "ababcda");
  assert(drawn.every(({ d }) => /^M[\d.]+ [\d.]+(L[\d.]+ [\d.]+){2}$/.test(d)), JSON.stringify(drawn));
});

Deno.test("a higher loss lies higher: the constant one is level, the falling one falls", () => {
  const [training, validation] = curves(curvesSvg(rows)).map(({ d }) =>
    d.slice(1).split("L").map((point) => Number(point.split(" ")[1]))
  );
  assert(training[0] < training[1] && training[1] < training[2]);
  assert(validation.every((y) => y === validation[0]));
});

Deno.test("the best macro-F1 is told and marked", () => {
  const svg = curvesSvg(rows);
  assertStringIncludes(svg, "best macro 0.5230, epoch 2");
  const [_, x, y] = svg.match(/<circle class="best" cx="([\d.]+)" cy="([\d.]+)"/) ?? [];
  assert(curves(svg)[2].d.includes(`L${x} ${y}L`));
});

Deno.test("a number that is missing leaves a gap, and a point between gaps is a dot", () => {
  const missing = { train_loss: null };
  const [first, second] = curves(curvesSvg([
    row(1, 0.1),
    row(2, 0.1),
    row(3, 0.2, missing),
    row(4, 0.3),
    row(5, 0.3, missing),
  ]));
  assertEquals([first.dot, second.dot], [false, true]);
  assert(/^M[\d.]+ [\d.]+L[\d.]+ [\d.]+M[\d.]+ [\d.]+$/.test(first.d), first.d);
  assert(/^M[\d.]+ [\d.]+h0$/.test(second.d), second.d);
});

Deno.test("one epoch, no epoch and a run without any number give pictures without NaN", () => {
  const empty = { macro_f1: null, micro_f1: null, weighted_f1: null, samples_f1: null, lr: 0, val_loss: NaN };
  const pictures = [[row(1, 0.2)], [], [row(1, 0, { ...empty, train_loss: Infinity })]].map(curvesSvg);
  for (const svg of pictures) assert(!/NaN|Infinity|undefined|null/.test(svg), svg);
  assertStringIncludes(pictures[1], "no epoch yet");
});

Deno.test("the picture is self-contained, well-formed and follows light and dark", () => {
  const svg = curvesSvg(rows);
  assertEquals(svg.match(/https?:[^"]*/g), ["http://www.w3.org/2000/svg"]);
  assertStringIncludes(svg, "prefers-color-scheme:dark");
  const open: string[] = [];
  for (const [tag, closing, name] of svg.matchAll(/<(\/?)(\w+)[^>]*>/g)) {
    if (closing) assertEquals(open.pop(), name);
    else if (!tag.endsWith("/>")) open.push(name);
  }
  assertEquals(open, []);
});
