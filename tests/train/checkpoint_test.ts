import { assert, assertEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { sha256Of } from "../../src/base/digest.ts";
import { float32, sizeOf } from "../../src/base/value.ts";
import { openSafetensors } from "../../src/store/safetensors.ts";
import { keepAsBest, loadCheckpoint, saveCheckpoint } from "../../src/train/checkpoint.ts";
import { exists, runFiles } from "../../src/train/run.ts";
import { randomize } from "../../src/train/start.ts";
import { prepareTraining, trainer } from "../../src/train/trainer.ts";
import { linear, meanPool } from "../../mod.ts";
import { engine, fill, namesIn, state, withMemory } from "./checkpointed.ts";
import { contents, tiny } from "./tiny.ts";

Deno.test("weights, buffers, moments and counters come back bit for bit", async () => {
  await withMemory(async (what, values) => {
    assert([...values.keys()].some((name) => name === "mean/conv.weight"));
    assert(!values.has("mean/norm.weight"), "frozen parameters have no moments");
    await saveCheckpoint(what, state(11));
    await fill(what.memory, 2);
    assertEquals(await loadCheckpoint(what), state(11));
    assertEquals(await contents(what.memory), values);
    assertEquals(namesIn(runFiles(what.folder).last), [
      "SHA256SUMS",
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

Deno.test("the last two checkpoints are kept, and the newer one counts", async () => {
  await withMemory(async (what) => {
    const { last, previous } = runFiles(what.folder);
    await saveCheckpoint(what, state(1));
    await saveCheckpoint(what, state(2));
    const third = await fill(what.memory, 3);
    await saveCheckpoint(what, state(3));
    assertEquals(namesIn(what.folder), ["last", "previous"]);
    const steps = await Promise.all(
      [last, previous].map(async (one) => JSON.parse(await Deno.readTextFile(`${one}/state.json`)).step),
    );
    assertEquals(steps, [3, 2]);
    await fill(what.memory, 4);
    assertEquals(await loadCheckpoint(what), state(3));
    assertEquals(await contents(what.memory), third);
  });
});

Deno.test("a save that is cut between its renames leaves the checkpoint before it, and the next one is as any", async () => {
  await withMemory(async (what, values) => {
    const { last, previous } = runFiles(what.folder);
    await saveCheckpoint(what, state(1));
    await Deno.rename(last, previous);
    await fill(what.memory, 2);
    assertEquals(await loadCheckpoint(what), state(1));
    assertEquals(await contents(what.memory), values);
    await saveCheckpoint(what, state(2));
    assertEquals([await loadCheckpoint(what), namesIn(what.folder)], [state(2), ["last", "previous"]]);
  });
});

Deno.test("a save that is cut while the oldest checkpoint is removed leaves the last one", async () => {
  await withMemory(async (what) => {
    const { previous } = runFiles(what.folder);
    for (const step of [1, 2]) await saveCheckpoint(what, state(step));
    await Deno.remove(`${previous}/weights.safetensors`);
    assertEquals(await loadCheckpoint(what), state(2));
    await saveCheckpoint(what, state(3));
    assertEquals(await loadCheckpoint(what), state(3));
  });
});

Deno.test("the checksums are those of sha256sum", async () => {
  await withMemory(async (what) => {
    await saveCheckpoint(what, state(1));
    const { last } = runFiles(what.folder);
    const lines = (await Deno.readTextFile(`${last}/SHA256SUMS`)).trimEnd().split("\n");
    const expected = await Promise.all(
      ["weights.safetensors", "optimizer.safetensors", "state.json"].map(async (name) =>
        `${await sha256Of(`${last}/${name}`)}  ${name}`
      ),
    );
    assertEquals(lines, expected);
  });
});

Deno.test("the weights of the last checkpoint become the best; as often as one likes, and each time anew", async () => {
  await withMemory(async (what) => {
    const { best, last, previous } = runFiles(what.folder);
    const same = async (checkpoint: string) =>
      await sha256Of(best) === await sha256Of(`${checkpoint}/weights.safetensors`);
    await saveCheckpoint(what, state(1));
    for (let i = 0; i < 2; i++) await keepAsBest(what);
    assertEquals(namesIn(what.folder), ["SHA256SUMS", "best.safetensors", "last"]);
    assert(await same(last));
    await fill(what.memory, 2);
    await saveCheckpoint(what, state(2));
    assertEquals([await same(last), await same(previous)], [false, true]);
    await keepAsBest(what);
    assertEquals([await same(last), await same(previous)], [true, false]);
  });
});

Deno.test("a run that ended before its best weights were kept has them kept when it goes on", async () => {
  await withMemory(async (what) => {
    const { best, last } = runFiles(what.folder);
    await saveCheckpoint(what, { ...state(8), batch: 0, bestStep: 8 });
    await loadCheckpoint(what);
    assertEquals(await sha256Of(best), await sha256Of(`${last}/weights.safetensors`));
    await Deno.remove(best);
    await saveCheckpoint(what, { ...state(12), batch: 0, bestStep: 8 });
    await loadCheckpoint(what);
    assertEquals(await exists(best), false, "these weights are not the best ones");
  });
});

Deno.test("weights or moments that are not finite are not saved", async () => {
  for (const [name, x] of [["head.bias", NaN], ["square/conv.weight", Infinity]] as const) {
    await withMemory(async (what) => {
      await saveCheckpoint(what, state(1));
      const { shape } = await what.memory.get(name);
      await what.memory.put(name, float32(shape, Array.from({ length: sizeOf(shape) }, () => x)));
      const { message } = await assertRejects(() => saveCheckpoint(what, state(2)), OnesheetError);
      assertEquals(
        message,
        `Cannot go on: "${name}" holds NaN or infinity at step 2, in epoch ${
          state(2).epoch + 1
        }; the last good ` +
          `checkpoint is "${
            runFiles(what.folder).last
          }", and --resume goes on from it; likely causes: a learning rate that is too high, ` +
          "reduced precision, pixels or labels that are not finite, a loss that takes the logarithm of 0 or divides by it",
      );
      assertEquals(await loadCheckpoint(what), state(1));
    });
  }
});

Deno.test("a save that fails leaves the checkpoint before it and nothing half written", async () => {
  await withMemory(async (what, values) => {
    await saveCheckpoint(what, state(1));
    const { memory } = what;
    const get = (name: string) =>
      name === "square/head.bias" ? Promise.reject(new Error("device lost")) : memory.get(name);
    const broken = { ...what, memory: { ...memory, names: memory.names, get } };
    const { last, previous } = runFiles(what.folder);
    const says = "device lost; --resume goes on from the one before";
    await assertRejects(() => saveCheckpoint(broken, state(2)), OnesheetError, says);
    assertEquals(namesIn(what.folder), ["last"]);
    // A kill between the two renames of a save leaves this.
    await Deno.rename(last, previous);
    await assertRejects(() => saveCheckpoint(broken, state(2)), OnesheetError, says);
    assertEquals(namesIn(what.folder), ["previous"]);
    await fill(memory, 2);
    assertEquals(await loadCheckpoint(what), state(1));
    assertEquals(await contents(memory), values);
  });
});

Deno.test("a first save that fails says that there is no checkpoint yet", async () => {
  await withMemory(async (what) => {
    const get = () => Promise.reject(new Error("device lost"));
    const broken = { ...what, memory: { ...what.memory, names: what.memory.names, get } };
    await assertRejects(
      () => saveCheckpoint(broken, state(1)),
      OnesheetError,
      "device lost; there is none yet",
    );
  });
});

Deno.test("no checkpoint is none", async () => {
  await withMemory(async (what) => assertEquals(await loadCheckpoint(what), undefined));
});

Deno.test("a checkpoint without all moments or weights is refused by a name", async () => {
  await withMemory(async (what) => {
    const params = what.model.params.filter(({ name }) => name !== "norm.running_mean"); // has no moments
    const less = [
      [{ ...what, moments: ["mean"] }, "square/"],
      [{ ...what, model: { ...what.model, params } }, "norm.running_mean"],
    ] as const;
    for (const [saved, name] of less) {
      await saveCheckpoint(saved, state(1));
      const { message } = await assertRejects(() => loadCheckpoint(what), OnesheetError);
      assert(message.startsWith(`Cannot resume "${what.folder}": Cannot load `), message);
      assert(message.includes(name), message);
    }
  });
});

Deno.test("one number that is not finite keeps an array from being saved, wherever it stands", async () => {
  for (const at of [0, 1, 2]) {
    await withMemory(async (what) => {
      await fill(what.memory, 1);
      await what.memory.put("head.bias", float32([3], [1, 2, 3].with(at, NaN)));
      await assertRejects(() => saveCheckpoint(what, state(1)), OnesheetError, '"head.bias" holds NaN');
    });
  }
});

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
