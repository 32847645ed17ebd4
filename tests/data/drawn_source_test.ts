import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { film, writeDrawn } from "../../src/data/drawn.ts";
import { genres } from "../../src/data/drawn/genres.ts";
import { drawnFilms } from "../../src/data/drawn_source.ts";
import { imagenet } from "../../src/data/normalize.ts";
import { trainTestSplit } from "../../src/data/split.ts";

const settings = { rows: 24, seed: 3, validation: 0.25, pixels: 12, tokens: 10, augment: [], ...imagenet };
const source = drawnFilms(settings);

/** Runs a test in a folder that holds the films; nothing of it goes into the user's cache but the packed posters. */
async function withFilms(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await writeDrawn(folder, settings);
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs code in a process with a cache of its own. */
async function inProcess(code: string, cache: string): Promise<string> {
  const module = JSON.stringify(new URL("../../mod.ts", import.meta.url).href);
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", `import { drawnFilms } from ${module}; ${code}`],
    cwd: import.meta.dirname,
    env: { ONESHEET_CACHE: cache, HF_ENDPOINT: "http://127.0.0.1:9" },
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

Deno.test("the drawn films are split, labelled and shaped as any data set", async () => {
  await withFilms(async (data) => {
    assertEquals(source.made.inputs, {
      image: { shape: [12, 12, 3], dtype: "float32" },
      ids: { shape: [10], dtype: "int32" },
      mask: { shape: [10], dtype: "int32" },
    });
    await using set = await source.made.open({ data });
    const { train, test } = trainTestSplit(24, { test: 0.25, seed: 3 });
    assertEquals([set.train.ids, set.validation.ids], [train, test]);
    assertEquals(set.labels, genres.map((genre) => genre.toLowerCase()));
    assertEquals(set.makeshift, undefined);
    const { labels } = await set.validation.batch(Int32Array.of(1));
    const told = set.labels.filter((_, column) => labels[column] === 1);
    assertEquals(told, film(3, test[1]).genres.map((genre) => genre.toLowerCase()));
  });
});

Deno.test("rows tell how many of them have each label", async () => {
  await withFilms(async (data) => {
    await using set = await source.made.open({ data });
    for (const { size, batch, positives } of [set.train, set.validation]) {
      const { labels } = await batch(Int32Array.from({ length: size }, (_, i) => i));
      const counts = set.labels.map((_, column) =>
        labels.filter((has, i) => i % set.labels.length === column && has === 1).length
      );
      assertEquals(positives?.(), counts);
    }
  });
});

Deno.test("a film from outside is read as its row is, by the vocabulary that was kept", async () => {
  await withFilms(async (data) => {
    await using set = await source.made.open({ data });
    await Deno.writeTextFile(`${data}/tokenizer.json`, set.kept["tokenizer.json"]);
    const read = await source.made.reader(data);
    const { poster, plot } = film(3, set.validation.ids[4]);
    const { inputs } = await set.validation.batch(Int32Array.of(4));
    assertEquals(await read([{ image: poster, text: plot }]), inputs);
  });
});

Deno.test("a folder that is given is read as it is, whatever films it has", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await writeDrawn(folder, { rows: 16, seed: 8 });
    await using set = await source.made.open({ data: folder });
    assertEquals([set.train.size, set.validation.size], [12, 4]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("films are drawn into the cache when first asked for, and once", async () => {
  const cache = await Deno.makeTempDir();
  try {
    const open = `const { made } = drawnFilms(${JSON.stringify(settings)});
      await using set = await made.open({ limit: 5 });
      console.log(JSON.stringify([set.train.size, set.validation.size, set.labels.length]));`;
    assertEquals(await inProcess(open, cache), "[5,5,8]");
    const path = `${cache}/drawn-24-3/data/train-00000-of-00001.parquet`;
    const before = (await Deno.stat(path)).mtime;
    assertEquals(await inProcess(open, cache), "[5,5,8]");
    assertEquals((await Deno.stat(path)).mtime, before);
    await inProcess(open.replace(`"seed":3`, `"seed":4`), cache);
    // Digests are remembered of files that are some seconds old.
    const names = [...Deno.readDirSync(cache)].map(({ name }) => name).filter((name) => name !== "digests");
    assertEquals(names.sort(), ["drawn-24-3", "drawn-24-4", "films", "posters"]);
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
});

Deno.test("settings can be changed by name and are checked", async () => {
  assertEquals(source.with({ pixels: 32 }).made.inputs.image.shape, [32, 32, 3]);
  assertThrows(() => source.with({ pixel: 32 }), OnesheetError, 'did you mean "pixels"?');
  await withFilms(async (data) => {
    for (const wrong of [{ tokens: 1 }, { pixels: 0 }, { validation: 1 }]) {
      const { made } = source.with(wrong);
      await assertRejects(async () => await made.open({ data }), OnesheetError, "expected a ", `${wrong}`);
    }
  });
});
