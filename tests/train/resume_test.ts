/** A run that was stopped and gone on with is, bit for bit, the run that never stopped. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Engine } from "../../src/tensor.ts";
import type { FitOptions } from "../../src/train/fit.ts";
import type { TrainEvent } from "../../src/train/events.ts";
import type { Recipe } from "../../src/train/recipe.ts";
import { exists, runFiles } from "../../src/train/run.ts";
import { portable } from "../../src/engine/portable.ts";
import { adam, asymmetric, balancedCrossEntropy, cosineDecay, linearDecay } from "../../mod.ts";
import { eachEngine } from "../engine/each.ts";
import { outcome, run } from "./runs.ts";
import { tiny, withRun } from "./tiny.ts";

type Stop = (controller: AbortController) => Partial<FitOptions> & { onEvent?: (event: TrainEvent) => void };

const afterStep = (step: number): Stop => (controller) => ({
  signal: controller.signal,
  onEvent: (event) => event.kind === "step" && event.step === step && controller.abort(),
});
const duringEvaluation = (epoch: number): Stop => (controller) => {
  let evaluated = 0;
  return {
    signal: controller.signal,
    onProgress: (what, done) => {
      if (what === "validation" && done === 1 && ++evaluated === epoch) controller.abort();
    },
  };
};

/** Trains in parts, each stopped in its way, and then to the end. */
async function inParts(
  engine: Engine,
  recipe: Recipe,
  folder: string,
  stops: readonly Stop[],
): Promise<void> {
  for (const [i, stop] of [...stops, () => ({})].entries()) {
    const { onEvent, ...options } = stop(new AbortController()) as ReturnType<Stop>;
    const events = await run(recipe, { engine, folder, resume: i > 0, ...options }, onEvent);
    const end = events.at(-1)!;
    assert(end.kind === "end");
    const expected = i === stops.length
      ? "epochs"
      : options.maxSteps === undefined
      ? "interrupted"
      : "step limit";
    assertEquals(end.reason, expected, `part ${i}`);
  }
}

const limit = (maxSteps: number): Stop => () => ({ maxSteps });

for (
  const [how, stops] of [
    ["by a signal inside an epoch", [afterStep(6)]],
    ["by a signal after its first step", [afterStep(1)]],
    ["by a signal after the last step of an epoch", [afterStep(8)]],
    ["by a signal during an evaluation", [duringEvaluation(2)]],
    ["by a step limit inside an epoch", [limit(7)]],
    ["by a step limit inside the first epoch", [limit(2)]],
    ["by a step limit after an epoch", [limit(8)]],
    ["again and again", [limit(1), afterStep(3), limit(3), limit(4), afterStep(7), limit(10), afterStep(11)]],
  ] as readonly [string, readonly Stop[]][]
) {
  eachEngine(
    `a run that is stopped ${how} and gone on with equals one that never stopped`,
    async (engine) => {
      await withRun(async (folder) => {
        const recipe = tiny();
        await run(recipe, { engine, folder: `${folder}-whole` });
        await inParts(engine, recipe, folder, stops);
        assertEquals(await outcome(folder), await outcome(`${folder}-whole`));
      });
    },
  );
}

eachEngine(
  "a run that ended before its first checkpoint begins anew and equals one that never stopped",
  async (engine) => {
    await withRun(async (folder) => {
      await run(tiny(), { engine, folder: `${folder}-whole`, checkpointEvery: { steps: 1 } });
      const broken = run(tiny(), { engine, folder }, ({ kind }) => {
        if (kind === "step") throw new Error("power cut");
      });
      await assertRejects(() => broken, Error, "power cut");
      assertEquals(await exists(runFiles(folder).last), false);
      const told: string[] = [];
      await run(tiny(), { engine, folder, resume: true, tell: (line) => told.push(line) });
      assertEquals(told.slice(1), [
        "weights: random, seed 5",
        "no checkpoint had been saved: starting from the beginning",
      ]);
      assertEquals(await outcome(folder), await outcome(`${folder}-whole`));
    });
  },
);

eachEngine("a run whose epochs are raised later equals one that had them from the start", async (engine) => {
  await withRun(async (folder) => {
    await run(tiny({ epochs: 3 }), { engine, folder: `${folder}-whole` });
    await run(tiny({ epochs: 1 }), { engine, folder });
    await run(tiny({ epochs: 3 }), { engine, folder, resume: true });
    assertEquals(await outcome(folder), await outcome(`${folder}-whole`));
  });
});

eachEngine("two runs of a recipe are equal, and another seed makes another", async (engine) => {
  await withRun(async (folder) => {
    await run(tiny({ epochs: 1 }), { engine, folder: `${folder}-1` });
    await run(tiny({ epochs: 1 }), { engine, folder: `${folder}-2` });
    assertEquals(await outcome(`${folder}-1`), await outcome(`${folder}-2`));
    await run(tiny({ epochs: 1, seed: 6 }), { engine, folder: `${folder}-3` });
    assert((await outcome(`${folder}-3`)).weights !== (await outcome(`${folder}-1`)).weights);
  });
});

eachEngine(
  "a run with every setting of training that is stopped and gone on with equals one that never stopped",
  async (engine) => {
    await withRun(async (folder) => {
      const recipe = tiny({
        accumulate: 3, // of 4 batches an epoch: steps of 3 and of 1
        clipNorm: 0.5,
        average: { decay: 0.8 },
        stages: [{ freeze: "conv", epochs: 1 }],
        groups: [{ of: "**.bias", weightDecay: 0 }, { of: "head", rate: 0.5 }],
        learningRate: linearDecay({ rate: 3e-2, warmup: 0.2 }),
      });
      await run(recipe, { engine, folder: `${folder}-whole` });
      await inParts(engine, recipe, folder, [afterStep(1), limit(3), afterStep(5)]);
      const whole = await outcome(`${folder}-whole`);
      assertEquals(await outcome(folder), whole);
      assert(whole.best !== whole.weights, "the averages are kept as the best");
    });
  },
);

const alone: Readonly<Record<string, Partial<Recipe>>> = {
  "several batches a step": { accumulate: 2 },
  "clipping": { clipNorm: 0.1 },
  "groups": { groups: [{ of: "**.bias", weightDecay: 0 }, { of: "head", rate: 0.5 }] },
  "stages": { stages: [{ freeze: "conv", epochs: 1 }, { freeze: "norm", epochs: 2 }] },
  "averages": { average: { decay: 0.8 } },
  "a linear decay": { learningRate: linearDecay({ rate: 3e-2, warmup: 0.2 }) },
  "a cosine decay": { learningRate: cosineDecay({ rate: 3e-2, warmup: 0.2 }) },
  "Adam": { optimizer: adam({ weightDecay: 0.1 }) },
  "labels weighed by how rare they are": { loss: balancedCrossEntropy({ cap: 1.9 }) },
  "the asymmetric loss": { loss: asymmetric() },
};
const outcomes = new Set<unknown>();

for (const [what, changes] of Object.entries(alone)) {
  Deno.test(`a run with ${what} that is stopped and gone on with equals one that never stopped`, async () => {
    const engine = await portable(), recipe = tiny(changes);
    await withRun(async (folder) => {
      await run(recipe, { engine, folder: `${folder}-whole` });
      await inParts(engine, recipe, folder, [afterStep(1), limit(3), afterStep(5)]);
      const whole = await outcome(`${folder}-whole`);
      assertEquals(await outcome(folder), whole);
      outcomes.add(whole.weights);
    });
  });
}

Deno.test("each setting makes another run", () => {
  // Averages change what is evaluated and kept, not the weights that learn.
  assertEquals(outcomes.size, Object.keys(alone).length);
});
