import { assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import type { Value } from "../../src/base/value.ts";
import { portable } from "../../src/engine/portable.ts";
import { saveModel } from "../../src/store/save.ts";
import { trainer } from "../../src/train/trainer.ts";
import { demandRealData, putWeights } from "../../src/train/weights.ts";
import { hub, linear, meanPool } from "../../mod.ts";
import { contents, tiny, withRun } from "./tiny.ts";

const engine = await portable();

/** What a memory holds after weights were put, and the lines that were told. */
async function put(from: string, recipe = tiny()): Promise<{ values: Map<string, Value>; told: string[] }> {
  using bound = trainer(recipe, engine);
  const told: string[] = [];
  await putWeights(from, recipe, bound.plan, bound.memory, { tell: (line) => told.push(line) });
  return { values: await contents(bound.memory), told };
}

Deno.test("random weights are every parameter and buffer, and depend on the recipe's seed", async () => {
  const first = await put("random");
  assertEquals(first.told, ["weights: random, seed 5"]);
  assertEquals([...first.values.keys()], [
    "conv.weight",
    ...["weight", "bias", "running_mean", "running_var", "num_batches_tracked"].map((of) => `norm.${of}`),
    ...["head.weight", "head.bias"],
  ]);
  assertEquals((await put("random")).values, first.values);
  const other = await put("random", tiny({ seed: 6 }));
  assertNotEquals(other.values.get("conv.weight"), first.values.get("conv.weight"));
  assertEquals(other.values.get("norm.running_var"), first.values.get("norm.running_var"));
});

Deno.test("a recipe without pretrained weights starts at random from the hub, too", async () => {
  assertEquals(await put("hub"), await put("random"));
});

Deno.test("a file gives every parameter and buffer, as it was saved", async () => {
  await withRun(async (folder) => {
    await Deno.mkdir(folder);
    const path = `${folder}/weights.safetensors`;
    const { values } = await put("random", tiny({ seed: 77 }));
    using bound = trainer(tiny(), engine);
    await saveModel(path, bound.plan.model, { get: (name) => Promise.resolve(values.get(name)!) });
    assertEquals(await put(path), { values, told: [`weights: ${path}`] });
  });
});

Deno.test("a file that is not there, of another shape or without a parameter is an error that names it", async () => {
  await withRun(async (folder) => {
    await Deno.mkdir(folder);
    const path = `${folder}/weights.safetensors`;
    await assertRejects(() => put(path), OnesheetError, `Cannot read "${path}": no such file`);

    const pooled = tiny({ model: ({ image }, at) => linear(3)(meanPool()(image, at("pool")), at("head")) });
    using bound = trainer(pooled, engine);
    await putWeights("random", pooled, bound.plan, bound.memory, { tell: () => {} });
    await saveModel(path, bound.plan.model, bound.memory);
    await assertRejects(
      () => put(path),
      OnesheetError,
      `Cannot load "head.weight": expected [3, 8], found [3, 3]`,
    );

    const headless = tiny({
      model: ({ image }, at) => linear(3)(linear(3)(meanPool()(image, at("pool")), at("first")), at("head")),
    });
    await assertRejects(
      () => put(path, headless),
      OnesheetError,
      `Cannot load "${path}": expected every parameter, found 2 missing: "first.weight", "first.bias"`,
    );
    await Deno.writeTextFile(path, "no weights at all");
    await assertRejects(() => put(path), OnesheetError, `Cannot read "${path}": `);
  });
});

Deno.test("trained weights are refused where a part of the data is made up, random ones are not", () => {
  demandRealData(undefined, "hub");
  demandRealData("the vocabulary", "random");
  for (const from of ["hub", "best.safetensors"]) {
    const error = assertThrows(() => demandRealData("the vocabulary", from), OnesheetError);
    assertEquals(
      error.message,
      `Cannot start from --weights ${from}: the vocabulary had to be made up because the hub is out of reach, ` +
        "and does not fit weights that were trained; use --weights random, or put tokenizer.json beside the data",
    );
  }
});

Deno.test("pretrained weights may lie on this machine: a safetensors file, or a folder that holds one", async () => {
  const inConv = (name: string) => name.startsWith("conv.") ? name.slice("conv.".length) : undefined;
  const from = (repo: string) => tiny({ weights: [hub(repo, { under: "conv", rename: inConv })] });
  await withRun(async (folder) => {
    await Deno.mkdir(folder);
    const path = `${folder}/model.safetensors`;
    const saved = (await put("random", tiny({ seed: 77 }))).values;
    using bound = trainer(tiny(), engine);
    await saveModel(path, bound.plan.model, { get: (name) => Promise.resolve(saved.get(name)!) });
    const expected = (await put("random")).values.set("conv.weight", saved.get("conv.weight")!);
    for (const repo of [path, folder]) {
      assertEquals(await put("hub", from(repo)), {
        values: expected,
        told: [`weights of conv: ${repo}, 1 of 1 loaded`],
      });
    }
    await assertRejects(
      () => put("hub", from("./nowhere")),
      OnesheetError,
      'Cannot read "./nowhere": no such file',
    );
  });
});

Deno.test("a folder gives its weights in one file or in several, and other files come with the way out", async () => {
  await withRun(async (folder) => {
    await Deno.mkdir(folder);
    const refused = async (sentence: string) => {
      await assertRejects(() => put(folder), OnesheetError, `expected a safetensors file or a folder with`);
      await assertRejects(() => put(folder), OnesheetError, sentence);
    };
    await refused("found none");
    await Deno.writeTextFile(`${folder}/pytorch_model.bin`, "");
    await refused("found pytorch_model.bin; convert it in Python: AutoModel.from_pretrained(");
    await Deno.writeTextFile(`${folder}/._model.safetensors`, "");
    await refused("found pytorch_model.bin");
    const { values } = await put("random", tiny({ seed: 77 })), names = [...values.keys()];
    using bound = trainer(tiny(), engine);
    const save = (name: string) =>
      saveModel(`${folder}/${name}`, bound.plan.model, { get: (name) => Promise.resolve(values.get(name)!) });
    await save("part-1.safetensors");
    await refused("found part-1.safetensors; name the file itself");
    const files = Object.fromEntries(names.map((name) => [name, "part-1.safetensors"]));
    await Deno.writeTextFile(`${folder}/model.safetensors.index.json`, JSON.stringify({ weight_map: files }));
    assertEquals((await put(folder)).values, values);
    const link = `${folder}/model.safetensors`;
    await Deno.symlink(`${folder}/part-1.safetensors`, link);
    assertEquals((await put(folder)).values, values);
    await Deno.remove(link);
    await Deno.symlink("../blobs/gone", link);
    await assertRejects(
      () => put(folder),
      OnesheetError,
      `Cannot read "${link}": it is a link to "../blobs/gone"`,
    );
  });
});
