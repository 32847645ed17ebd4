/** Training on a graph: features computed once, held in memory, and no label of another side ever seen. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { int32 } from "../../src/base/value.ts";
import type { Dataset, Draw, OpenOptions, Rows } from "../../src/data/source.ts";
import { portable } from "../../src/engine/portable.ts";
import { saveModel } from "../../src/store/save.ts";
import { openSafetensors } from "../../src/store/safetensors.ts";
import { plan, randomize } from "../../src/train/start.ts";
import { withoutTestRows } from "../../src/train/held_out.ts";
import { putConstants } from "../../src/train/nodes.ts";
import { trainer } from "../../src/train/trainer.ts";
import { trial } from "../../src/train/trial.ts";
import { putWeights } from "../../src/train/weights.ts";
import { readMetrics, readRecord, runFiles } from "../../src/train/run.ts";
import {
  constant,
  gat,
  graph,
  hub,
  linear,
  meanPool,
  type ModelFunction,
  type Recipe,
  takeRows,
} from "../../mod.ts";
import { eachEngine } from "../engine/each.ts";
import { outcome, run } from "./runs.ts";
import { rowsOf, source, tiny, withRun } from "./tiny.ts";

const tower: ModelFunction = ({ image }, at) => linear(5)(meanPool()(image, at("pool")), at("features"));
const model: ModelFunction = ({ nodes, edges, row }, at) =>
  takeRows(gat(3, { heads: 2, join: "mean", dropout: 0.1 })({ x: nodes, edges }, at("gat")), row);

/** Every training film is joined with a validation film. */
const edges = Array.from({ length: 18 }, (_, i) => JSON.stringify({ row: i, other: 100 + i % 7 })).join("\n");
const validation: Rows = {
  ...rowsOf("validation", 7),
  ids: Int32Array.from({ length: 7 }, (_, i) => 100 + i),
};

const onGraph = (file: string, changes: Partial<Dataset> = {}, opened: OpenOptions[] = []): Recipe =>
  tiny({
    data: graph({ of: source({ validation, ...changes }, opened), edges: file }),
    model,
    nodes: { tower, weights: [] },
    learningRate: constant({ rate: 0.03 }),
    epochs: 2,
  });

/** Runs a test with a run folder, a file of edges and a cache of its own. */
async function withGraph(test: (folder: string, file: string) => Promise<void>): Promise<void> {
  const before = Deno.env.get("ONESHEET_CACHE");
  await withRun(async (folder) => {
    const root = folder.replace(/\/run$/, "");
    Deno.env.set("ONESHEET_CACHE", `${root}/cache`);
    try {
      await Deno.writeTextFile(`${root}/edges.jsonl`, edges);
      await test(folder, `${root}/edges.jsonl`);
    } finally {
      if (before === undefined) Deno.env.delete("ONESHEET_CACHE");
      else Deno.env.set("ONESHEET_CACHE", before);
    }
  });
}

const other = (rows: Rows, change: (labels: Float32Array) => Float32Array): Rows => ({
  ...rows,
  batch: async (positions, draw) => {
    const { inputs, labels } = await rows.batch(positions, draw);
    return { inputs, labels: change(labels) };
  },
});

eachEngine(
  "other labels of the validation films change no weight; other pictures of theirs do",
  async (engine) => {
    const weights = async (changes: Partial<Dataset>) => {
      let found: unknown;
      await withGraph(async (folder, file) => {
        await run(onGraph(file, changes), { engine, folder });
        const { weights, optimizer } = await outcome(folder);
        found = { weights, optimizer };
      });
      return found;
    };
    const plain = await weights({});
    assertEquals(
      await weights({ validation: other(validation, (labels) => labels.map((y) => 1 - y)) }),
      plain,
    );
    const turned = { ...rowsOf("another side", 7), ids: validation.ids };
    assert(JSON.stringify(await weights({ validation: turned })) !== JSON.stringify(plain));
  },
);

Deno.test("features are computed once, from rows as they are, and kept", async () => {
  const engine = await portable();
  await withGraph(async (folder, file) => {
    const asked: [positions: number[], draw?: Draw][] = [];
    const train = rowsOf("train", 18, asked);
    const recipe = (key?: string) => onGraph(file, { train, ...(key && { key }) });
    const told: string[] = [];
    const onProgress = (what: string, done: number, total: number) => told.push(`${what} ${done}/${total}`);
    await run(recipe("one"), { engine, folder: `${folder}-1`, onProgress });
    const features = [
      "features of the nodes 16/25",
      "features of the nodes 18/25",
      "features of the nodes 25/25",
    ];
    const heard = () => told.splice(0).filter((line) => line.startsWith("features"));
    assertEquals(heard(), features);
    assertEquals(asked.slice(0, 2).map(([positions, draw]) => [positions.length, draw]), [[16, undefined], [
      2,
      undefined,
    ]]);
    await run(recipe("one"), { engine, folder: `${folder}-2`, onProgress });
    assertEquals(heard(), []);
    assertEquals(await outcome(`${folder}-2`), await outcome(`${folder}-1`));
    await run(recipe("another"), { engine, folder: `${folder}-3`, onProgress });
    assertEquals(heard(), features);
    await run({ ...recipe("one"), seed: 6 }, { engine, folder: `${folder}-4`, onProgress });
    assertEquals(heard(), features);
    await run(recipe(), { engine, folder: `${folder}-5`, onProgress });
    assertEquals(heard(), features);
  });
});

Deno.test("a run goes on, and its files hold no features", async () => {
  const engine = await portable();
  await withGraph(async (folder, file) => {
    await run(onGraph(file), { engine, folder: `${folder}-whole` });
    await run(onGraph(file), { engine, folder, maxSteps: 5 });
    await run(onGraph(file), { engine, folder, resume: true });
    assertEquals((await outcome(folder)).weights, (await outcome(`${folder}-whole`)).weights);
    assertEquals((await readMetrics(folder)).length, 2);
    using best = await openSafetensors(runFiles(folder).best);
    assertEquals([...best.entries.keys()].sort(), [
      "gat.att_dst",
      "gat.att_src",
      "gat.bias",
      "gat.lin.weight",
    ]);
  });
});

eachEngine("rows held apart from selection stay nodes, and are judged as the same nodes", async (engine) => {
  await withGraph(async (folder, file) => {
    const recipe = onGraph(file, { key: "one" });
    const found = await trial({ name: "graph", recipe }, folder, {
      engine,
      tell: () => {},
      onEvent: () => {},
    });
    assertEquals(found?.rows, { train: 18, validation: 4, test: 3 });
    using bound = trainer(recipe, engine);
    const { plan, memory } = bound;
    await using set = await withoutTestRows(recipe).data.made.open({});
    await putWeights(runFiles(folder).best, recipe, plan, memory, { tell: () => {} });
    await putConstants(recipe, plan, memory, set, { engine, open: {}, weights: "random", tell: () => {} });
    assertEquals(set.constants?.edges.shape, [2, 25 + 2 * 18]);
    assertEquals((await bound.evaluate(set.test!, set.labels)).scores, found?.scores);
  });
});

Deno.test("a pretrained tower is the tower of a recipe that has no other pretrained weights", async () => {
  await withGraph(async (folder, file) => {
    const engine = await portable();
    const { tower: built } = plan(onGraph(file));
    const path = `${folder}-tower.safetensors`;
    using memory = engine.memory();
    await randomize(memory, built!, 77);
    await saveModel(path, built!, memory);
    const rename = (name: string) => name.replace("features.", "");
    const pretrained = {
      ...onGraph(file),
      nodes: { tower, weights: [hub(path, { under: "features", rename })] },
    };
    const told: string[] = [];
    await run(pretrained, { engine, folder, tell: (line) => told.push(line) });
    assert(
      told.some((line) => line.startsWith(`weights of features: ${path}, 2 of 2 loaded`)),
      told.join("\n"),
    );
    assertEquals((await readRecord(folder)).weights, "hub");
    await run(pretrained, { engine, folder: `${folder}-random`, weights: "random" });
    assert((await outcome(folder)).weights !== (await outcome(`${folder}-random`)).weights);
  });
});

Deno.test("only the inputs that a model looks at are asked for", async () => {
  await withGraph(async (folder, file) => {
    const opened: OpenOptions[] = [];
    await run(onGraph(file, {}, opened), { engine: await portable(), folder, maxSteps: 1 });
    const asked = opened.map(({ inputs, alsoFor }) => [inputs, alsoFor]);
    assertEquals(asked, [[["row", "edges", "nodes"], ["image"]], [["image"], ["image"]]]);
  });
});

Deno.test("a tower that gives no features is refused by a sentence", () => {
  const recipe = onGraph("self");
  const image: ModelFunction = ({ image }) => image;
  const { message } = assertThrows(() => plan({ ...recipe, nodes: { tower: image, weights: [] } }), Error);
  assertEquals(
    message,
    "Cannot build the tower of the nodes: expected features of shape [batch, features], found [batch, 4, 4, 3]",
  );
});

Deno.test("edges are no part of a batch", async () => {
  await using set = await graph({ of: source({ validation }), edges: "self" }).made.open({});
  const { inputs } = await set.train.batch(Int32Array.of(4));
  assertEquals([Object.keys(inputs), inputs.row], [["image", "row"], int32([1], [4])]);
});
