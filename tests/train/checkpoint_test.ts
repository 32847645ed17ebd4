import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { random } from "../../src/base/random.ts";
import { float32, int32, sizeOf, type Value } from "../../src/base/value.ts";
import { portable } from "../../src/engine/portable.ts";
import { openSafetensors } from "../../src/store/safetensors.ts";
import {
  type Checkpointed,
  loadCheckpoint,
  type RunState,
  saveCheckpoint,
} from "../../src/train/checkpoint.ts";
import { runFiles } from "../../src/train/run.ts";
import { randomize } from "../../src/train/start.ts";
import { prepareTraining, trainer } from "../../src/train/trainer.ts";
import type { Memory } from "../../src/tensor.ts";
import { linear, meanPool } from "../../mod.ts";
import { tiny, withRun } from "./tiny.ts";

const engine = await portable();
const recipe = tiny({ freeze: [{ freeze: "norm" }] });

const state = (step: number): RunState => ({
  ...{ epoch: 2, batch: 3, step, lossSum: 0.1 + 0.2, finished: false },
  schedule: { rate: 1e-4 / 3, bad: 1, best: 0.1 },
  stopping: { best: null, waited: 2 },
});

/** Fills a memory with numbers that the key stands for: negative zeros, tiny and large ones among them. */
async function fill({ names, get, put }: Memory, key: number): Promise<Map<string, Value>> {
  const values = new Map<string, Value>();
  for (const name of names) {
    const { shape, dtype } = await get(name);
    const { normal, integer } = random(key, name);
    const length = sizeOf(shape);
    const value = dtype === "int32"
      ? int32(shape, Array.from({ length }, () => integer(2 ** 31)))
      : float32(shape, Array.from({ length }, (_, i) => [normal(), -0, 1e-42, 3e38][i % 4]));
    values.set(name, value);
    await put(name, value);
  }
  return values;
}

const contents = async ({ names, get }: Memory): Promise<Map<string, Value>> =>
  new Map(await Promise.all(names.map(async (name) => [name, await get(name)] as const)));

/** Runs a test on a checkpointed memory of random numbers, in a folder that is there. */
async function withMemory(
  test: (what: Checkpointed, values: Map<string, Value>) => Promise<void>,
  of = recipe,
): Promise<void> {
  await withRun(async (folder) => {
    await Deno.mkdir(folder);
    using bound = trainer(of, engine);
    await randomize(bound.memory, bound.plan.model, 1);
    await prepareTraining(bound, of);
    const values = await fill(bound.memory, 1);
    await test({ folder, ...bound.plan, memory: bound.memory, moments: of.optimizer.made.moments }, values);
  });
}

const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
const truncate = async (path: string) => await Deno.truncate(path, (await Deno.stat(path)).size - 5);

Deno.test("weights, buffers, moments and counters come back bit for bit", async () => {
  await withMemory(async (what, values) => {
    assert([...values.keys()].some((name) => name === "mean/conv.weight"));
    assert(!values.has("mean/norm.weight"), "frozen parameters have no moments");
    await saveCheckpoint(what, state(11));
    await fill(what.memory, 2);
    assertEquals(await loadCheckpoint(what), state(11));
    assertEquals(await contents(what.memory), values);
    assertEquals(namesIn(what.folder), ["last"]);
    assertEquals(namesIn(runFiles(what.folder).last), [
      "optimizer.safetensors",
      "state.json",
      "weights.safetensors",
    ]);
  });
});

Deno.test("the moments have PyTorch's shapes under the parameters' names", async () => {
  await withMemory(async (what) => {
    await saveCheckpoint(what, state(1));
    using file = await openSafetensors(`${runFiles(what.folder).last}/optimizer.safetensors`);
    assertEquals(file.entries.get("square/conv.weight")?.shape, [8, 3, 3, 3]);
    assertEquals([...file.entries.keys()].filter((name) => name.includes("norm")), []);
  });
});

Deno.test("a checkpoint takes the place of the one before", async () => {
  await withMemory(async (what) => {
    await saveCheckpoint(what, state(1));
    const second = await fill(what.memory, 2);
    await saveCheckpoint(what, state(2));
    await fill(what.memory, 3);
    assertEquals(await loadCheckpoint(what), state(2));
    assertEquals(await contents(what.memory), second);
    assertEquals(namesIn(what.folder), ["last"]);
  });
});

Deno.test("a save that is cut between its renames leaves the checkpoint before it, and the next one is as any", async () => {
  await withMemory(async (what, values) => {
    const { last } = runFiles(what.folder);
    await saveCheckpoint(what, state(1));
    await Deno.rename(last, `${last}.previous`);
    await fill(what.memory, 2);
    assertEquals(await loadCheckpoint(what), state(1));
    assertEquals(await contents(what.memory), values);
    await saveCheckpoint(what, state(2));
    assertEquals([await loadCheckpoint(what), namesIn(what.folder)], [state(2), ["last"]]);
  });
});

Deno.test("a save that is cut after its renames leaves both; the newer counts", async () => {
  await withMemory(async (what) => {
    const { last } = runFiles(what.folder);
    await saveCheckpoint(what, state(1));
    await Deno.rename(last, `${last}.previous`);
    await saveCheckpoint(what, state(2));
    await Deno.mkdir(`${last}.previous`);
    assertEquals(await loadCheckpoint(what), state(2));
    await saveCheckpoint(what, state(3));
    assertEquals([await loadCheckpoint(what), namesIn(what.folder)], [state(3), ["last"]]);
  });
});

Deno.test("what a killed process left half written disturbs no save and is gone after a load", async () => {
  await withMemory(async (what) => {
    const { last, best } = runFiles(what.folder);
    await saveCheckpoint(what, state(1));
    await Deno.mkdir(`${last}.1.0.tmp`);
    await Deno.writeTextFile(`${last}.1.0.tmp/weights.safetensors`, "half");
    await Deno.writeTextFile(`${best}.1.7.tmp`, "half");
    await Deno.writeTextFile(best, "whole");
    await saveCheckpoint(what, state(2));
    assertEquals(await loadCheckpoint(what), state(2));
    assertEquals(namesIn(what.folder), ["best.safetensors", "last"]);
  });
});

Deno.test("a save that fails leaves the checkpoint before it and nothing half written", async () => {
  await withMemory(async (what, values) => {
    await saveCheckpoint(what, state(1));
    const { memory } = what;
    const get = (name: string) =>
      name === "square/head.bias" ? Promise.reject(new Error("device lost")) : memory.get(name);
    const broken = { ...what, memory: { ...memory, names: memory.names, get } };
    await assertRejects(() => saveCheckpoint(broken, state(2)), Error, "device lost");
    assertEquals(namesIn(what.folder), ["last"]);
    await fill(memory, 2);
    assertEquals(await loadCheckpoint(what), state(1));
    assertEquals(await contents(memory), values);
  });
});

Deno.test("no checkpoint is an error that tells the way out", async () => {
  await withMemory(async (what) => {
    const { folder } = what;
    const error = await assertRejects(() => loadCheckpoint(what), OnesheetError);
    assertEquals(
      error.message,
      `Cannot resume "${folder}": expected a checkpoint in "${folder}/last", found none; ` +
        "delete the folder and start the run again",
    );
  });
});

for (
  const [how, damage, why] of [
    [
      "weights are cut off",
      (last) => truncate(`${last}/weights.safetensors`),
      /Cannot read ".*weights\.safetensors": /,
    ],
    [
      "moments are cut off",
      (last) => truncate(`${last}/optimizer.safetensors`),
      /Cannot read ".*optimizer\.safetensors": /,
    ],
    ["weights are empty", (last) => Deno.truncate(`${last}/weights.safetensors`), /found 0 bytes/],
    ["weights are missing", (last) => Deno.remove(`${last}/weights.safetensors`), /no such file/],
    ["counters are cut off", (last) => truncate(`${last}/state.json`), /JSON/],
    ["counters are missing", (last) => Deno.remove(`${last}/state.json`), /state\.json/],
  ] as readonly [string, (last: string) => Promise<void>, RegExp][]
) {
  Deno.test(`a checkpoint whose ${how} is an error in one sentence`, async () => {
    await withMemory(async (what) => {
      await saveCheckpoint(what, state(1));
      await damage(runFiles(what.folder).last);
      const { message } = await assertRejects(() => loadCheckpoint(what), OnesheetError);
      assert(message.startsWith(`Cannot resume "${what.folder}": `), message);
      assertMatch(message, why);
      assertEquals(message.split("\n").length, 1);
    });
  });
}

Deno.test("the checkpoint of another model is refused with the name and both shapes", async () => {
  await withMemory(async (what) => {
    await saveCheckpoint(what, state(1));
    const wider = tiny({ model: ({ image }, at) => linear(3)(meanPool()(image, at("pool")), at("head")) });
    using other = trainer(wider, engine);
    await randomize(other.memory, other.plan.model, 1);
    await prepareTraining(other, wider);
    const { folder, moments } = what;
    await assertRejects(
      () => loadCheckpoint({ folder, ...other.plan, memory: other.memory, moments }),
      OnesheetError,
      `Cannot resume "${folder}": Cannot load "head.weight": expected [3, 3], found [3, 8]`,
    );
  });
});
