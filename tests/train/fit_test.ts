/** From recipe to run folder: what is refused, kept and learnt. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import type { OpenOptions } from "../../src/data/source.ts";
import { portable } from "../../src/engine/portable.ts";
import { fit, type FitOptions } from "../../src/train/fit.ts";
import { readSessions } from "../../src/train/machine.ts";
import type { Recipe } from "../../src/train/recipe.ts";
import { exists, readLabels, readMetrics, readRecord, runFiles } from "../../src/train/run.ts";
import { readSplit } from "../../src/train/split_file.ts";
import { constant } from "../../mod.ts";
import { outcome, run } from "./runs.ts";
import { dataset, labels, rowsOf, source, tiny, withRun } from "./tiny.ts";

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
      ...{
        onesheet: "0.1.0",
        ...from,
        data: "/films",
        limit: 12,
        weights: "random",
        engine: "portable",
        engineOptions: {},
      },
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
    assertEquals(opened, [{ inputs: ["image"], data: "/films", limit: 12 }]);
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
    const split = (await readSplit(folder))!;
    assertEquals(opened.slice(1), [{ inputs: ["image"], data: "/films", limit: 12, kept, split }]);
    const { module: known, settings } = await readRecord(folder);
    assertEquals([known, settings], [module, ["epochs=1"]]);
    const from = { module, settings: ["epochs=1", "epochs=3"] };
    await run(tiny({ data, epochs: 3 }), { engine, folder, resume: true, data: "/moved", from });
    assertEquals(opened.slice(2), [{ inputs: ["image"], data: "/moved", limit: 12, kept, split }]);
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

Deno.test("a run goes on as one that began with the weights that it was given", async () => {
  await withRun(async (folder) => {
    const data = source({ makeshift: "the vocabulary" });
    const random = { engine, folder: `${folder}-random`, weights: "random" };
    const pretrained = [{ repo: "owner/net", under: "conv" }];
    await run(tiny({ weights: pretrained, data, epochs: 1 }), random);
    // Not the hub's, which the recipe would start from and which made-up data would refuse.
    await run(tiny({ weights: pretrained, data, epochs: 2 }), {
      ...random,
      weights: undefined,
      resume: true,
    });
    assertEquals((await readRecord(random.folder)).weights, "random");

    const weights = runFiles(random.folder).best;
    await run(tiny({ epochs: 1 }), { engine, folder, weights });
    await run(tiny({ epochs: 2 }), { engine, folder, resume: true });
    assertEquals((await readRecord(folder)).weights, weights);
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
    'Cannot use this data with "tiny": expected the 3 labels that the recipe states, found 5 (blue, green, red, ' +
      "violet, …); use --set labels=5, or leave `labels` out of the recipe",
  ));

Deno.test("too few rows for one batch are told before anything is written", () =>
  refused(
    tiny({ data: source({ train: rowsOf("train", 3) }) }),
    "Cannot fill a batch of 4 rows: found 3; use more rows or a smaller batch size",
  ));

Deno.test("a model of another shape than the labels is told before anything is written", () =>
  refused(
    tiny({ labels: 4, data: source({ labels: [...labels, "violet"] }) }),
    "Cannot build the model: expected logits of shape [batch, 4], found [batch, 3]; make the head as wide as the " +
      "model function's `numLabels`",
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
  refused(tiny(), 'Cannot read the run "RUN": expected a run folder, found none', {
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

Deno.test("a run keeps how often it saves, unless it is told otherwise", async () => {
  await withRun(async (folder) => {
    const every = async () => (await readRecord(folder)).checkpointEvery;
    await run(tiny({ epochs: 1 }), { engine, folder, checkpointEvery: { steps: 2 } });
    await run(tiny({ epochs: 2 }), { engine, folder, resume: true });
    assertEquals(await every(), { steps: 2 });
    await run(tiny({ epochs: 3 }), { engine, folder, resume: true, checkpointEvery: { seconds: 60 } });
    assertEquals(await every(), { seconds: 60 });
  });
});

Deno.test("a folder that another run is being prepared or trained in is refused", async () => {
  await withRun(async (folder) => {
    let refused = 0;
    for await (const { kind } of fit(tiny({ epochs: 1 }), { engine, folder })) {
      if (kind !== "step") continue;
      for (const resume of [false, true]) {
        const second = run(tiny(), { engine, folder, resume });
        await assertRejects(() => second, OnesheetError, `process ${Deno.pid} since `);
        refused++;
      }
    }
    assertEquals(refused, 8);
    await run(tiny({ epochs: 2 }), { engine, folder, resume: true });
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

Deno.test("a run that failed before its first checkpoint may be started anew with other settings, beside a person's files", async () => {
  await withRun(async (folder) => {
    const failing = {
      ...rowsOf("train", 18),
      batch: () => Promise.reject(new OnesheetError("Cannot use row 3")),
    };
    const first = run(tiny({ data: source({ train: failing }) }), { engine, folder });
    await assertRejects(() => first, OnesheetError, "Cannot use row 3");
    await Deno.writeTextFile(`${folder}/notes.txt`, "mine");
    const data = source({ train: rowsOf("train", 12) });
    await run(tiny({ data, batchSize: 2 }), { engine, folder });
    await run(tiny({ data, batchSize: 2 }), { engine, folder: `${folder}-whole` });
    assertEquals(await outcome(folder), await outcome(`${folder}-whole`));
    assertEquals(await Deno.readTextFile(`${folder}/notes.txt`), "mine");
    assertEquals((await readSessions(folder)).length, 1);
    const again = run(tiny({ data }), { engine, folder });
    await assertRejects(() => again, OnesheetError, "it already holds one");
  });
});
