import { assert, assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { float32, int32 } from "../../src/base/value.ts";
import { portable } from "../../src/engine/portable.ts";
import { openPredictor } from "../../src/serve/predictor.ts";
import { build, type Model } from "../../src/dsl/build.ts";
import { demandTables, lookupGuard, lookupsOf } from "../../src/train/lookups.ts";
import { fit } from "../../src/train/fit.ts";
import { hubFiles } from "../../src/cli/exporting.ts";
import { readRecord, runFiles } from "../../src/train/run.ts";
import { draftPlan } from "../../src/train/start.ts";
import { trainer } from "../../src/train/trainer.ts";
import { bert, bitransformer, embedding, imageTokens, linear, type Recipe } from "../../mod.ts";
import { eachEngine } from "../engine/each.ts";
import { films, onCsv, writeCsv } from "./film_runs.ts";

const engine = await portable();
const sizes = { width: 8, layers: 1, heads: 1, positions: 8 };

/** A recipe whose text model has a word table of this many rows. */
const withRows = (folder: string, vocabulary: number): Recipe =>
  onCsv(`${folder}/data`, `${folder}/cache`, {
    model: ({ ids, mask }, at) =>
      linear(3)(bert({ vocabulary, ...sizes })({ ids, mask }, at("text")), at("head")),
  });

const TABLE = "text.embeddings.word_embeddings.weight";

async function withFilms(test: (folder: string, entries: number) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await writeCsv(`${folder}/data`, films(16));
    await using set = await withRows(folder, 300).data.made.open({ inputs: ["ids", "mask"] });
    await test(folder, set.below!.ids);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const trained = async (recipe: Recipe, run: string, resume = false): Promise<void> => {
  for await (const _ of fit(recipe, { engine, folder: run, maxSteps: 1, resume }));
};

Deno.test("a vocabulary larger than the word table is refused before the first step, with both sizes and the layer", async () => {
  await withFilms(async (folder, entries) => {
    const run = `${folder}/run`;
    const error = await assertRejects(() => trained(withRows(folder, entries - 1), run), OnesheetError);
    assertEquals(
      error.message,
      `Cannot use this data: expected a tokenizer of at most ${
        entries - 1
      } entries, which is how many rows ` +
        `"${TABLE}" has, found ${entries}; build that layer for ${entries} entries, or use a smaller vocabulary`,
    );
    await assertRejects(() => Deno.stat(runFiles(run).recipe), Deno.errors.NotFound);
    await trained(withRows(folder, entries), run);
    await assertRejects(() => trained(withRows(folder, entries - 1), run, true), OnesheetError);
  });
});

Deno.test("a run whose vocabulary is larger than its word table is not used by predict, serve and export", async () => {
  await withFilms(async (folder, entries) => {
    const recipe = withRows(folder, entries), run = `${folder}/run`;
    await trained(recipe, run);
    (await openPredictor(run, recipe, engine))[Symbol.dispose]();
    const smaller = withRows(folder, entries - 1), sentence = `a tokenizer of at most ${entries - 1} entries`;
    await assertRejects(() => openPredictor(run, smaller, engine), OnesheetError, sentence);
    const loaded = { folder: run, recipe: smaller, record: await readRecord(run) };
    await assertRejects(
      () => hubFiles(loaded as Parameters<typeof hubFiles>[0], "mit"),
      OnesheetError,
      sentence,
    );
  });
});

const textModel = (model: Parameters<typeof build>[0]): Model =>
  build(model, { image: ["batch", 4, 4, 3], ids: ["batch", 6], mask: ["batch", 6] });

Deno.test("the tables of a model are found where an input's own numbers are looked up, arranged or as they are", () => {
  const words = embedding(50, 8);
  assertEquals(lookupsOf(textModel(({ ids }, at) => words(ids, at("words")))), [
    { input: "ids", table: "words.weight", rows: 50 },
  ]);
  const both = textModel(({ image, ids, mask }, at) => {
    const seen = linear(8)(imageTokens(1)(image, at("pool")), at("tokens"));
    return bitransformer({ vocabulary: 120, ...sizes })({ image: seen, ids, mask }, at("text"));
  });
  assertEquals(lookupsOf(both), [{ input: "ids", table: TABLE, rows: 120 }]);
  const hashed = textModel(({ ids }, at) =>
    words(at.node([ids], [], ids.shape, ([ids]) => ids), at("words"))
  );
  assertEquals(lookupsOf(hashed), []);
});

Deno.test("a table with room, and an input whose numbers the data does not tell, are no fault", () => {
  const model = textModel(({ ids }, at) => embedding(50, 8)(ids, at("words")));
  demandTables({ model }, { ids: 50 });
  demandTables({ model }, undefined);
  demandTables({ model }, { mask: 1000 });
  assertThrows(() => demandTables({ model }, { ids: 51 }), OnesheetError, "found 51");
  assertThrows(
    () => demandTables({ model, tower: model }, { ids: 51 }, '"x"'),
    OnesheetError,
    'Cannot use "x"',
  );
});

Deno.test("numbers beyond a table are refused with the input's and the table's name", () => {
  const guarded = lookupGuard(textModel(({ ids }, at) => embedding(50, 8)(ids, at("words"))));
  const inputs = { ids: int32([1, 2], Int32Array.of(0, 49)), other: float32([1], [99]) };
  assertEquals(guarded(inputs), inputs);
  for (const wrong of [50, -1]) {
    assertThrows(
      () => guarded({ ids: int32([1, 2], Int32Array.of(0, wrong)) }),
      OnesheetError,
      `Cannot look "ids" up in "words.weight": expected numbers from 0 to 49, found ${wrong}`,
    );
  }
});

eachEngine(
  "a source of one's own with a number beyond the table ends in a sentence, not in other numbers",
  async (engine) => {
    await withFilms(async (folder) => {
      const recipe = { ...withRows(folder, 300), labels: 3 };
      using bound = trainer(recipe, engine);
      const ids = int32([1, 8], new Int32Array(8).fill(300)), mask = int32([1, 8], new Int32Array(8).fill(1));
      const error = await assertRejects(
        () => bound.step([{ inputs: { ids, mask }, labels: new Float32Array(3) }], 1e-3, 1),
        OnesheetError,
      );
      assertStringIncludes(error.message, `in "${TABLE}": expected numbers from 0 to 299, found 300`);
      assert(draftPlan(recipe).model.reads.includes("ids"));
    });
  },
);

Deno.test("texts longer than the position table are refused when the model is built, with the way out", () => {
  const positions = 7;
  const short: Recipe = {
    ...withRows("nowhere", 300),
    model: ({ ids, mask }, at) =>
      linear(3)(bert({ vocabulary: 300, ...sizes, positions })({ ids, mask }, at("text")), at("head")),
  };
  assertThrows(() => draftPlan(short), OnesheetError, "expected at most 7 tokens, found 8; cut texts to 7");
});
