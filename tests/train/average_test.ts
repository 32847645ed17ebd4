import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { openSafetensors } from "../../src/store/safetensors.ts";
import { readMetrics, runFiles } from "../../src/train/run.ts";
import { randomize } from "../../src/train/start.ts";
import { startAverages, trainer } from "../../src/train/trainer.ts";
import { putWeights } from "../../src/train/weights.ts";
import { eachEngine } from "../engine/each.ts";
import { run } from "./runs.ts";
import { dataset, tiny, withRun } from "./tiny.ts";

eachEngine("the running averages are what is evaluated, and what the best weights are", async (engine) => {
  await withRun(async (folder) => {
    const recipe = tiny({ average: { decay: 0.9 }, freeze: [{ freeze: "norm" }] });
    await run(recipe, { engine, folder });
    const best = (await readMetrics(folder)).findLast((row) => row.best)!;

    using kept = trainer(recipe, engine);
    const weights = runFiles(folder).best;
    await putWeights(weights, recipe, kept.plan, kept.memory, { tell: () => {} });
    await startAverages(kept, recipe);
    const { validation, labels } = dataset();
    assertEquals((await kept.evaluate(validation, labels)).loss, best.val_loss);

    using last = await openSafetensors(`${runFiles(folder).last}/optimizer.safetensors`);
    const averaged = [...last.entries.keys()].filter((name) => name.startsWith("average/")).sort();
    assertEquals(averaged, ["average/conv.weight", "average/head.bias", "average/head.weight"]);
    using learnt = await openSafetensors(`${runFiles(folder).last}/weights.safetensors`);
    const differs = async (name: string) =>
      `${(await last.read(`average/${name}`)).data}` !== `${(await learnt.read(name)).data}`;
    assert(await differs("conv.weight"));
  });
});

eachEngine("the running averages begin where the weights begin", async (engine) => {
  await withRun(async (folder) => {
    const decay = 0.75, recipe = tiny({ average: { decay }, freeze: [{ freeze: "norm" }] });
    await run(recipe, { engine, folder, maxSteps: 1 });
    using first = trainer(recipe, engine);
    await randomize(first.memory, first.plan.model, recipe.seed);
    const { last } = runFiles(folder);
    using kept = await openSafetensors(`${last}/optimizer.safetensors`);
    using after = await openSafetensors(`${last}/weights.safetensors`);
    for (const name of ["head.weight", "head.bias"]) {
      const { data: began } = await first.memory.get(name), { data: moved } = await after.read(name);
      const { data: average } = await kept.read(`average/${name}`);
      const expected = Array.from(began, (x, i) => decay * x + (1 - decay) * moved[i]);
      expected.forEach((x, i) => assertAlmostEquals(average[i], x, 1e-6, `${name} ${i}`));
      assert(began.some((x, i) => x !== moved[i]), `${name} moved`);
    }
  });
});
