import { assertEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import type { Value } from "../../src/base/value.ts";
import { describe, loadInto } from "../../src/store/load.ts";
import { bertNames } from "../../src/store/rename.ts";
import { openSafetensors } from "../../src/store/safetensors.ts";
import { openWeights } from "../../src/store/sharded.ts";
import type { StoredModel } from "../../src/store/state_dict.ts";

const golden = new URL("../golden/weights/", import.meta.url).pathname;

using plain = await openSafetensors(`${golden}plain.safetensors`);
const names = [...plain.entries.keys()];
const model: StoredModel = {
  params: names.map((name) => ({
    name: `text.${name}`,
    shape: plain.entries.get(name)!.shape,
    kind: "weight" as const,
    dtype: "float32" as const,
  })),
  aliases: [],
};
const expected = new Map<string, Value>();
for (const name of names) expected.set(`text.${name}`, await plain.read(name));

/** What loading a file puts into the memory, and what it says. */
async function loaded(path: string, rename = bertNames): Promise<{ held: Map<string, Value>; says: string }> {
  const held = new Map<string, Value>();
  using file = await openWeights(golden + path);
  const put = (name: string, value: Value) => Promise.resolve(void held.set(name, value));
  return { held, says: describe(await loadInto({ put }, model, file, { under: "text", rename })) };
}

const all = `${names.length} of ${names.length} loaded`;

for (
  const [path, says] of [
    ["bert.safetensors", all],
    ["float16.safetensors", all],
    ["bfloat16.safetensors", all],
    ["sharded/model.safetensors.index.json", all],
    ["module.safetensors", `${all}, without "module." in front of their names`],
    ["compiled.safetensors", `${all}, without "_orig_mod." in front of their names`],
    ["sentence.safetensors", `${all}, without "0.auto_model." in front of their names`],
  ]
) {
  Deno.test(`the weights of ${path} are those of the model, whatever form they have`, async () => {
    assertEquals(await loaded(path), { held: expected, says });
  });
}

Deno.test("tensors of other types do not matter where the model has no use for them, and are told as unused", async () => {
  const { held, says } = await loaded("other-types.safetensors");
  assertEquals(held, expected);
  assertEquals(says.split("\n")[0], all);
  assertEquals(says.includes("6 unused, not in the model"), true, says);
});

Deno.test("a tensor of another type that the model does use is named with its type", async () => {
  using file = await openSafetensors(`${golden}other-types.safetensors`);
  await assertRejects(() => file.read("extra.fp8"), OnesheetError, "found F8_E4M3; save it as F32 or F16");
});

Deno.test("a head that is not needed is left alone, and a part that is missing is told", async () => {
  const { held, says } = await loaded("masked/model.safetensors");
  const inner = new Map([...expected].filter(([name]) => !name.startsWith("text.pooler.")));
  assertEquals(held, inner);
  assertEquals(says.split("\n")[0], `${inner.size} of ${names.length} loaded`);
  assertEquals(says.includes("2 missing in the file"), true, says);
});

Deno.test("where two parts of a file would do, neither is taken without a word", async () => {
  await assertRejects(() => loaded("towers.safetensors"), OnesheetError, "a rename from the file's names");
});

/** Runs `work` in a copy of the folder of several files. */
async function withSharded(work: (folder: string, index: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const { name } of Deno.readDirSync(`${golden}sharded`)) {
      await Deno.copyFile(`${golden}sharded/${name}`, `${folder}/${name}`);
    }
    await work(folder, `${folder}/model.safetensors.index.json`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a file that the index names and that is not there, or lacks a tensor, is named", async () => {
  await withSharded(async (folder, index) => {
    const second = `${folder}/model-00002-of-00002.safetensors`;
    await Deno.copyFile(`${folder}/model-00001-of-00002.safetensors`, second);
    await assertRejects(
      () => openWeights(index),
      OnesheetError,
      "expected it in model-00002-of-00002.safetensors",
    );
    await Deno.remove(second);
    await assertRejects(() => openWeights(index), OnesheetError, `Cannot read "${second}": no such file`);
  });
});

Deno.test("an index that is none, or that leads elsewhere, is refused", async () => {
  await withSharded(async (_, index) => {
    const cases: [text: string, sentence: string][] = [
      ["{}", 'expected an object as "weight_map", found nothing'],
      ["[]", "expected {…}, found []"],
      ["x", "Cannot read"],
      ['{"weight_map":{"a":"../../secret.safetensors"}}', "expected a safetensors file beside it"],
      ['{"weight_map":{"a":"/etc/passwd"}}', "expected a safetensors file beside it"],
      ['{"weight_map":{"a":3}}', "expected a safetensors file beside it"],
    ];
    for (const [text, sentence] of cases) {
      await Deno.writeTextFile(index, text);
      await assertRejects(() => openWeights(index), OnesheetError, sentence, text);
    }
  });
});

Deno.test("what is no safetensors file is said to be what it is", async () => {
  await withSharded(async (folder) => {
    const path = `${folder}/a.safetensors`;
    const cases: [text: string, found: string][] = [
      ["version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "run `git lfs pull`"],
      ["<!DOCTYPE html><html></html>", "found a web page"],
      ["PK\x03\x04 torch", "found a ZIP archive, as torch.save writes too; convert it in Python"],
    ];
    for (const [text, found] of cases) {
      await Deno.writeTextFile(path, text);
      await assertRejects(() => openSafetensors(path), OnesheetError, found);
    }
  });
});
