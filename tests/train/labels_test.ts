/** The number of labels: stated by the recipe, or read from the data; the head is as wide. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { random } from "../../src/base/random.ts";
import { float32 } from "../../src/base/value.ts";
import type { Rows } from "../../src/data/source.ts";
import { portable } from "../../src/engine/portable.ts";
import { openSafetensors } from "../../src/store/safetensors.ts";
import { withLabels } from "../../src/train/labels.ts";
import { readLabels, readMetrics, readRecord, runFiles } from "../../src/train/run.ts";
import { plan } from "../../src/train/start.ts";
import { trial } from "../../src/train/trial.ts";
import { linear, meanPool, type Recipe, type RecipeModel } from "../../mod.ts";
import { run } from "./runs.ts";
import { source, tiny, withRun } from "./tiny.ts";

const engine = await portable();

const namesOf = (count: number) => Array.from({ length: count }, (_, i) => `label ${i}`);

/** Rows of noise with every label on every other row. */
const rowsWith = (numLabels: number, size: number): Rows => ({
  size,
  ids: Int32Array.from({ length: size }, (_, i) => i),
  positives: () => Array<number>(numLabels).fill(size / 2),
  batch: (positions) => {
    const { uniform } = random("labels", size);
    const image = Array.from({ length: positions.length * 48 }, () => uniform(-1, 1));
    const labels = Array.from({ length: positions.length * numLabels }, (_, i) => i % 2);
    return Promise.resolve({
      inputs: { image: float32([positions.length, 4, 4, 3], image) },
      labels: Float32Array.from(labels),
    });
  },
});

const dataWith = (numLabels: number) =>
  source({ labels: namesOf(numLabels), train: rowsWith(numLabels, 8), validation: rowsWith(numLabels, 4) });

const model: RecipeModel = ({ image }, at, { numLabels }) =>
  linear(numLabels)(meanPool()(image, at("pool")), at("head"));

/** A recipe that leaves the number of labels to data that has so many. */
function unstated(numLabels: number, changes: Partial<Recipe> = {}): Recipe {
  const { labels: _, ...recipe } = tiny({ data: dataWith(numLabels), model, epochs: 1, ...changes });
  return recipe;
}

for (const numLabels of [1, 2, 3, 21]) {
  Deno.test(`a recipe that leaves out its labels trains a head for the ${numLabels} of its data`, async () => {
    await withRun(async (folder) => {
      await run(unstated(numLabels), { engine, folder });
      await run(unstated(numLabels, { epochs: 2 }), { engine, folder, resume: true });
      assertEquals(await readLabels(folder), namesOf(numLabels));
      assertEquals((await readMetrics(folder)).map(({ per_label }) => per_label.length), [
        numLabels,
        numLabels,
      ]);
      using file = await openSafetensors(runFiles(folder).best);
      assertEquals(file.entries.get("head.weight")?.shape, [numLabels, 3]);
      assertEquals(Object.hasOwn((await readRecord(folder)).recipe as object, "labels"), false);
    });
  });
}

Deno.test("a run goes on with its own number of labels alone", async () => {
  await withRun(async (folder) => {
    await run(unstated(3), { engine, folder });
    await assertRejects(
      () => run(unstated(4, { epochs: 2 }), { engine, folder, resume: true }),
      OnesheetError,
      "expected the labels label 0, label 1, label 2, found label 0, label 1, label 2, label 3",
    );
  });
});

Deno.test("a system of a comparison that leaves out its labels is trained and judged", async () => {
  await withRun(async (folder) => {
    const options = { engine, tell: () => {}, onEvent: () => {} };
    const found = await trial({ name: "tiny", recipe: unstated(5) }, folder, options);
    assertEquals([found?.parameters.total, found?.scores.perLabel.length], [4 * 5, 5]);
  });
});

Deno.test("a head of a fixed width is refused where the data has another number of labels", async () => {
  await withRun(async (folder) => {
    const fixed = unstated(3, { model: (inputs, at) => model(inputs, at, { numLabels: 8 }) });
    const error = await assertRejects(() => run(fixed, { engine, folder }), OnesheetError);
    assertEquals(
      error.message,
      "Cannot build the model: expected logits of shape [batch, 3], found [batch, 8]; make the head as wide as the " +
        "model function's `numLabels`",
    );
  });
});

Deno.test("what a recipe states and what the data has are compared, and one is stated afterwards", () => {
  const { labels: _, ...open } = tiny();
  assertEquals(withLabels(open, namesOf(21)).labels, 21);
  assertEquals(withLabels(tiny(), namesOf(3)).labels, 3);
  assertEquals(
    assertThrows(() => withLabels(tiny(), ["a", "b"]), OnesheetError).message,
    'Cannot use this data with "tiny": expected the 3 labels that the recipe states, found 2 (a, b); ' +
      "use --set labels=2, or leave `labels` out of the recipe",
  );
});

Deno.test("without data or a stated number there is no model", () => {
  const error = assertThrows(() => plan(unstated(3)), OnesheetError);
  assertEquals([error.message, error.exitCode], [
    "Cannot build the model: the recipe leaves the number of labels to the data, which is not open; use --set labels=N",
    2,
  ]);
});
