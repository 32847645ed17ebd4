/** Parts of a model that begin to learn later. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import type { Value } from "../../src/base/value.ts";
import { waits } from "../../src/train/stages.ts";
import { randomize } from "../../src/train/start.ts";
import { prepareTraining, startAverages, type Trainer, trainer } from "../../src/train/trainer.ts";
import { type ModelFunction } from "../../mod.ts";
import { eachEngine } from "../engine/each.ts";
import { nativeTest } from "../engine/native.ts";
import { model, rowsOf, tiny } from "./tiny.ts";

const names = ["image.conv.weight", "image.conv.bias", "text.dense.weight", "head.weight"];

Deno.test("a parameter waits for the longest of its stages", () => {
  const found = waits(names, [{ freeze: "image", epochs: 3 }, { freeze: "**.weight", epochs: 2 }]);
  assertEquals([...found], [
    ["image.conv.weight", 3],
    ["image.conv.bias", 3],
    ["text.dense.weight", 2],
    ["head.weight", 2],
  ]);
  assertEquals(waits(names, []).size, 0);
});

Deno.test("a stage whose pattern matches nothing is an error with the nearest name", () => {
  assertThrows(
    () => waits(names, [{ freeze: "imag", epochs: 1 }]),
    OnesheetError,
    'Cannot apply the stage pattern "imag": no parameter matches it; did you mean "image"?',
  );
});

const staged = tiny({
  stages: [{ freeze: "conv", epochs: 2 }, { freeze: "norm", epochs: 1 }],
  average: { decay: 0.5 },
});
const positions = Int32Array.of(0, 1, 2, 3);

async function started(bound: Trainer, recipe = staged): Promise<void> {
  await randomize(bound.memory, bound.plan.model, 1);
  await prepareTraining(bound, recipe);
  await startAverages(bound, recipe);
}

const contents = async ({ memory }: Trainer): Promise<Record<string, Value>> =>
  Object.fromEntries(
    await Promise.all(memory.names.map(async (name) => [name, await memory.get(name)] as const)),
  );

eachEngine(
  "what waits does not move at all, nor its moments and average, which are there from the start",
  async (engine) => {
    using bound = trainer(staged, engine);
    await started(bound);
    const batch = await rowsOf("train", 4).batch(positions);
    const movedIn = async (epoch: number) => {
      const before = await contents(bound);
      for (const step of [1, 2]) await bound.step([batch], 0.1, 2 * epoch + step, { epoch, steps: 2 });
      const after = await contents(bound);
      assertEquals(Object.keys(after), Object.keys(before));
      return Object.keys(after).filter((name) => `${after[name].data}` !== `${before[name].data}`).sort();
    };
    const kept = (...parameters: string[]) =>
      parameters.flatMap((name) => ["", "mean/", "square/", "average/"].map((moment) => moment + name));
    const buffers = ["norm.running_mean", "norm.running_var", "norm.num_batches_tracked"];
    const head = kept("head.weight", "head.bias"), norm = kept("norm.weight", "norm.bias");
    const { names } = bound.memory;
    assert(kept("conv.weight").every((name) => names.includes(name)));
    assertEquals(await movedIn(0), [...buffers, ...head].sort());
    assertEquals(await movedIn(1), [...buffers, ...head, ...norm].sort());
    assertEquals(await movedIn(2), [...buffers, ...head, ...norm, ...kept("conv.weight")].sort());
  },
);

nativeTest("a step is traced once for each stage", async (engine) => {
  let traced = 0;
  const counted: ModelFunction = (inputs, at) => {
    const output = model(inputs, at);
    if (!("run" in output)) throw new Error("unused");
    return { ...output, run: (...given) => (traced++, output.run(...given)) };
  };
  const recipe = { ...staged, model: counted };
  using bound = trainer(recipe, engine);
  await started(bound, recipe);
  const batch = await rowsOf("train", 4).batch(positions);
  const counts: number[] = [];
  for (const epoch of [0, 1, 2, 3]) {
    for (const step of [1, 2]) await bound.step([batch], 0.1, 2 * epoch + step, { epoch, steps: 2 });
    counts.push(traced);
  }
  const [once] = counts;
  assert(once > 0);
  assertEquals(counts, [once, 2 * once, 3 * once, 3 * once]);
});

eachEngine("a recipe in which everything waits is refused", async (engine) => {
  const recipe = tiny({ stages: [{ freeze: "**", epochs: 1 }] });
  using bound = trainer(recipe, engine);
  await assertRejects(
    () => prepareTraining(bound, recipe),
    OnesheetError,
    'Cannot train "tiny": every parameter waits in the first epoch; leave some out of the stages',
  );
});
