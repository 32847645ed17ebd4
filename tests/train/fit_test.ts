/** Runs from recipe to run folder: what is refused, and that a run that was stopped goes on exactly. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { createHash } from "node:crypto";
import { OnesheetError } from "../../src/base/errors.ts";
import type { OpenOptions } from "../../src/data/source.ts";
import { portable } from "../../src/engine/portable.ts";
import type { Engine } from "../../src/tensor.ts";
import { fit, type FitOptions } from "../../src/train/fit.ts";
import type { TrainEvent } from "../../src/train/loop.ts";
import type { Recipe } from "../../src/train/recipe.ts";
import { exists, readLabels, readMetrics, readRecord, runFiles } from "../../src/train/run.ts";
import { eachEngine } from "../engine/each.ts";
import { constant } from "../../mod.ts";
import { dataset, labels, rowsOf, source, tiny, withRun } from "./tiny.ts";

/** Runs to the end; gives what happened. */
async function run(
  recipe: Recipe,
  options: FitOptions,
  onEvent: (event: TrainEvent) => void = () => {},
): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  for await (const event of fit(recipe, options)) {
    events.push(event);
    onEvent(event);
  }
  return events;
}

/** All that a run comes to but the time it took. */
async function outcome(folder: string): Promise<Record<string, unknown>> {
  const { best, last } = runFiles(folder);
  const hash = async (path: string) => createHash("sha256").update(await Deno.readFile(path)).digest("hex");
  return {
    metrics: (await readMetrics(folder)).map(({ seconds: _, ...row }) => row),
    best: await hash(best),
    weights: await hash(`${last}/weights.safetensors`),
    optimizer: await hash(`${last}/optimizer.safetensors`),
    state: JSON.parse(await Deno.readTextFile(`${last}/state.json`)),
  };
}

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

const engine = await portable();

Deno.test("training learns: the loss falls and the labels of unseen rows are told", async () => {
  await withRun(async (folder) => {
    const data = source({ train: rowsOf("train", 64), validation: rowsOf("validation", 32) });
    const learningRate = constant({ rate: 0.02 });
    await run(tiny({ data, learningRate, labelSmoothing: 0, epochs: 8 }), { engine, folder });
    const rows = await readMetrics(folder);
    assert(rows.at(-1)!.train_loss < 0.8 * rows[0].train_loss);
    assert(Math.max(...rows.map(({ macro_f1 }) => macro_f1)) > 0.85);
  });
});

Deno.test("a run keeps its recipe, where it is from, its labels and what its data keeps", async () => {
  await withRun(async (folder) => {
    const opened: OpenOptions[] = [];
    const recipe = tiny({ data: source({}, opened), epochs: 1 });
    const from = { module: "/recipes/tiny.ts", settings: ["epochs=1"] };
    await run(recipe, { engine, folder, from, data: "/films", limit: 12 });
    const { recipe: resolved, ...record } = await readRecord(folder);
    assertEquals(record, {
      ...{ onesheet: "0.1.0", ...from, data: "/films", limit: 12, weights: "random", engine: "portable" },
    });
    assertEquals(resolved, {
      ...{
        name: "tiny",
        data: { name: "tiny" },
        labels: 3,
        weights: [],
        freeze: [],
        batchSize: 4,
        epochs: 1,
      },
      ...{ seed: 5, loss: { name: "binaryCrossEntropy" }, labelSmoothing: 0.1 },
      optimizer: { name: "adamw", beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
      learningRate: {
        ...{ name: "warmupThenPlateau", threshold: 1e-4, rate: 0.03, from: 0.5, epochs: 1, factor: 0.5 },
        patience: 0,
      },
      stop: { name: "earlyStopping", on: "macroF1", patience: 5, minDelta: 1e-3 },
    });
    assertEquals(await readLabels(folder), labels);
    assertEquals(await Deno.readTextFile(`${runFiles(folder).reader}/words.txt`), "kept as it was");
    assertEquals(opened, [{ data: "/films", limit: 12 }]);
  });
});

Deno.test("a run that goes on reads its own data as it did, and writes down what changed", async () => {
  await withRun(async (folder) => {
    const opened: OpenOptions[] = [];
    const data = source({}, opened);
    const module = "/recipes/tiny.ts";
    const first = { engine, folder, data: "/films", limit: 12, from: { module, settings: ["epochs=1"] } };
    await run(tiny({ data, epochs: 1 }), first);
    await run(tiny({ data, epochs: 2 }), { engine, folder, resume: true });
    const kept = runFiles(folder).reader;
    assertEquals(opened.slice(1), [{ data: "/films", limit: 12, kept }]);
    const { module: known, settings } = await readRecord(folder);
    assertEquals([known, settings], [module, ["epochs=1"]]);
    const from = { module, settings: ["epochs=1", "epochs=3"] };
    await run(tiny({ data, epochs: 3 }), { engine, folder, resume: true, data: "/moved", from });
    assertEquals(opened.slice(2), [{ data: "/moved", limit: 12, kept }]);
    const record = await readRecord(folder);
    assertEquals([record.settings, record.data, record.limit, record.weights], [
      from.settings,
      "/moved",
      12,
      "random",
    ]);
    assertEquals((record.recipe as { epochs: number }).epochs, 3);
    assertEquals((await readMetrics(folder)).map(({ epoch }) => epoch), [1, 2, 3]);
  });
});

/** Expects a sentence before anything is written. */
async function refused(recipe: Recipe, sentence: string, options: Partial<FitOptions> = {}): Promise<void> {
  await withRun(async (folder) => {
    const error = await assertRejects(() => run(recipe, { engine, folder, ...options }), OnesheetError);
    assertEquals(error.message.replaceAll(folder, "RUN"), sentence);
    assertEquals(await exists(folder), false);
  });
}

Deno.test("a wrong number of labels is told before anything is written", () =>
  refused(
    tiny({ data: source({ labels: [...labels, "violet", "white"] }) }),
    'Cannot use this data with "tiny": its model tells 3 labels apart, the data has 5 (blue, green, red, violet, …); ' +
      "change `labels` in the recipe",
  ));

Deno.test("too few rows for one batch are told before anything is written", () =>
  refused(
    tiny({ data: source({ train: rowsOf("train", 3) }) }),
    "Cannot fill a batch of 4 rows: found 3; use more rows or a smaller batch size",
  ));

Deno.test("a model of another shape than the labels is told before anything is written", () =>
  refused(
    tiny({ labels: 4, data: source({ labels: [...labels, "violet"] }) }),
    "Cannot build the model: expected logits of shape [batch, 4], found [batch, 3]",
  ));

Deno.test("a freeze pattern without a match is told before anything is written", () =>
  refused(
    tiny({ freeze: [{ freeze: "cnov" }] }),
    'Cannot apply the freeze pattern "cnov": no parameter matches it; did you mean "conv"?',
  ));

Deno.test("a model in which nothing learns is told before anything is written", () =>
  refused(
    tiny({ freeze: [{ freeze: "**" }] }),
    'Cannot train "tiny": every parameter is frozen; let some learn by a `train` rule',
  ));

Deno.test("weights that are not there are told before anything is written", () =>
  refused(tiny(), 'Cannot read "none.safetensors": no such file', { weights: "none.safetensors" }));

Deno.test("trained weights on made-up data are told before anything is written", () =>
  refused(
    tiny({ data: source({ makeshift: "the vocabulary" }) }),
    "Cannot start from --weights best.safetensors: the vocabulary had to be made up because the hub is out of reach, " +
      "and does not fit weights that were trained; use --weights random, or put tokenizer.json beside the data",
    { weights: "best.safetensors" },
  ));

Deno.test("there is nothing to go on with where no run is", () =>
  refused(tiny(), 'Cannot read the run "RUN": expected a run folder, found no recipe.json', {
    resume: true,
  }));

Deno.test("a folder that holds a run is left as it is", async () => {
  await withRun(async (folder) => {
    await run(tiny({ epochs: 1 }), { engine, folder });
    const before = await outcome(folder);
    await assertRejects(() => run(tiny(), { engine, folder }), OnesheetError, "it already holds one");
    const other = tiny({ data: source({ labels: ["a", "b", "c"] }) });
    await assertRejects(
      () => run(other, { engine, folder, resume: true }),
      OnesheetError,
      "expected the labels blue, green, red, found a, b, c",
    );
    assertEquals(await outcome(folder), before);
  });
});

Deno.test("the data set is closed however a run ends", async () => {
  let open = 0;
  const closing = (changes: Parameters<typeof dataset>[0] = {}) =>
    source({
      ...changes,
      [Symbol.asyncDispose]: () => {
        open++;
        return Promise.resolve();
      },
    });
  await withRun((folder) => run(tiny({ data: closing(), epochs: 1 }), { engine, folder }).then(() => {}));
  await withRun(async (folder) => {
    for await (const _ of fit(tiny({ data: closing() }), { engine, folder })) break;
  });
  await refused(
    tiny({ data: closing({ train: rowsOf("train", 1) }) }),
    "Cannot fill a batch of 4 rows: found 1; use more rows or a smaller batch size",
  );
  assertEquals(open, 3);
});

Deno.test("a run takes no more of the engine than it gives back", async () => {
  await withRun(async (folder) => {
    await run(tiny({ epochs: 1 }), { engine, folder });
    const { tensors } = engine.holdings();
    await run(tiny({ epochs: 2 }), { engine, folder, resume: true });
    assertEquals(engine.holdings().tensors, tensors);
  });
});
