import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { draw, linesSpec } from "../../src/report/chart.ts";
import { curvePanels, type CurvePoint, curvesSvg } from "../../src/report/curves.ts";

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

/** The points of each line of an SVG. */
const lines = (svg: string): number[][][] =>
  [...svg.matchAll(/<path d="(M[^"]*)" stroke=/g)]
    .map(([_, d]) => d.split(/(?=[ML])/).map((one) => one.slice(1).split(",").map(Number)));

const panel = (title: string, of: readonly CurvePoint[]) =>
  draw(title, linesSpec(curvePanels(of).find((one) => one.title === title)!));

Deno.test("a run is drawn as three panels with seven curves", async () => {
  const svg = await curvesSvg(rows);
  for (const word of ["Loss", "F1", "Learning rate", "training", "validation", "macro", "samples"]) {
    assertStringIncludes(svg, `>${word}</text>`);
  }
  assertEquals(curvePanels(rows).flatMap(({ series }) => series).length, 7);
});

Deno.test("a higher loss lies higher: the constant one is level, the falling one falls", async () => {
  const [training, validation] = lines(await panel("Loss", rows)).filter((line) => line.length === 3);
  assert(training[0][1] < training[1][1] && training[1][1] < training[2][1], JSON.stringify(training));
  assertEquals(new Set(validation.map(([_, y]) => y)).size, 1);
  assertEquals(training[2][0], 260);
});

Deno.test("a number that is missing leaves a gap", async () => {
  const missing = { train_loss: null };
  const svg = await panel("Loss", [row(1, 0.1), row(2, 0.1), row(3, 0.2, missing), row(4, 0.3), row(5, 0.3)]);
  assert(/d="M[\d.,]+L[\d.,]+M[\d.,]+L[\d.,]+"/.test(svg), svg);
});

Deno.test("one epoch, and a run without any number, give pictures without NaN", async () => {
  const empty = { macro_f1: null, micro_f1: null, weighted_f1: null, samples_f1: null, lr: 0, val_loss: NaN };
  for (const one of [[row(1, 0.2)], [row(1, 0, { ...empty, train_loss: Infinity })]]) {
    const svg = await curvesSvg(one);
    assert(!/NaN|Infinity|undefined|null/.test(svg), svg);
  }
});

Deno.test("the picture is self-contained, well-formed and follows light and dark", async () => {
  const svg = await curvesSvg(rows);
  assertEquals(
    new Set(svg.match(/https?:[^"]*/g)),
    new Set(["http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"]),
  );
  assertStringIncludes(svg, "prefers-color-scheme:dark");
  assertStringIncludes(svg, `role="img" aria-label="Losses, F1 scores and learning rate by epoch"`);
  const open: string[] = [];
  for (const [tag, closing, name] of svg.matchAll(/<(\/?)(\w+)[^>]*>/g)) {
    if (closing) assertEquals(open.pop(), name);
    else if (!tag.endsWith("/>")) open.push(name);
  }
  assertEquals(open, []);
});
