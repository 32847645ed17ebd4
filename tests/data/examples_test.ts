import { assertEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { film } from "../../src/data/drawn.ts";
import { type Examples, examples, type LabelledExample } from "../../src/data/examples.ts";
import { plainPicture } from "../../src/data/kept_picture.ts";
import type { Places } from "../../src/data/places.ts";
import { trainTestSplit } from "../../src/data/split.ts";
import { placesIn } from "./parquet_files.ts";

const small = { pixels: 12, tokens: 16, validation: 0.25, seed: 3, vocabulary: 400 };
const films: readonly LabelledExample[] = Array.from({ length: 24 }, (_, row) => {
  const { poster, plot, genres } = film(5, row);
  return { image: poster, text: plot, labels: genres };
});

async function* read(): AsyncGenerator<LabelledExample> {
  for (const one of films) yield await Promise.resolve(one);
}

async function withCache(test: (places: Places) => Promise<void>): Promise<void> {
  const cache = await Deno.makeTempDir();
  try {
    await test(placesIn(cache));
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
}

Deno.test("a list, a function and an async iterable give the same data set, and share what is kept", async () => {
  await withCache(async (places) => {
    const ways: readonly Examples[] = [films, read, { [Symbol.asyncIterator]: read }];
    const batches = [];
    let kept = 0;
    for (const rows of ways) {
      const onProgress = (what: string) => void (kept += what.startsWith("keeping posters") ? 1 : 0);
      await using set = await examples(rows, small).made.open({ onProgress }, places);
      assertEquals(set.validation.ids, trainTestSplit(24, { test: 0.25, seed: 3 }).test);
      batches.push(await set.validation.batch(Int32Array.of(0, 2)));
    }
    assertEquals(kept, 24);
    assertEquals(batches[1], batches[0]);
    assertEquals(batches[2], batches[0]);
  });
});

Deno.test("a batch has the example's labels and the tokens of its text", async () => {
  await withCache(async (places) => {
    await using set = await examples(films, small).made.open({ limit: 4 }, places);
    assertEquals([set.train.size, set.validation.size], [4, 4]);
    const { labels, inputs } = await set.train.batch(Int32Array.of(3));
    const { text, labels: expected } = films[set.train.ids[3]];
    assertEquals(set.labels.filter((_, column) => labels[column] === 1), [...expected]);
    assertEquals(inputs.ids.data, set.tokenizer.encode([text], 16).ids);
  });
});

Deno.test("what cannot be read again, or reads otherwise, is refused with the way out", async () => {
  await withCache(async (places) => {
    const way = "give a list, or a function that begins anew";
    await assertRejects(() => examples(read(), small).made.open({}, places), OnesheetError, way);
    let readings = 0;
    const changing = () => films.map((one) => ({ ...one, image: films[readings++ < 24 ? 0 : 1].image }));
    await assertRejects(() => examples(changing, small).made.open({}, places), OnesheetError, way);
  });
});

Deno.test("an example whose image does not decode is left out and named", async () => {
  await withCache(async (places) => {
    const rows = [...films.slice(0, 11), { ...films[0], image: new Uint8Array(3) }];
    await using set = await examples(rows, small).made.open({}, places);
    assertEquals(set.skipped?.map(({ row }) => row), [11]);
    assertEquals([...set.train.ids, ...set.validation.ids].length, 11);
  });
});

Deno.test("examples that are none are named; no examples and a data folder are refused", async () => {
  await withCache(async (places) => {
    const refused = (rows: unknown[], why: string) =>
      assertRejects(
        () => examples(rows as LabelledExample[], small).made.open({}, places),
        OnesheetError,
        why,
      );
    await refused(
      [films[0], { text: "x", labels: [] }],
      'Cannot use example 1: expected the bytes of a file as "image"',
    );
    await refused([{ ...films[0], text: 1 }], 'Cannot use example 0: expected a text as "text", found 1');
    await refused([{ ...films[0], labels: "x" }], 'expected a list of texts as "labels", found "x"');
    await refused([], "Cannot use the examples: expected some, found none");
    const opened = examples(films, small).made.open({ data: "/tmp" }, places);
    await assertRejects(() => opened, OnesheetError, "by code of its own");
  });
});

Deno.test("rows are shown as the model is given them, with their whole texts, in the order asked", async () => {
  await withCache(async (places) => {
    await using set = await examples(films, small).made.open({}, places);
    const { ids, shown } = set.validation;
    const found = await shown!(Int32Array.of(3, 0));
    for (const [i, row] of [ids[3], ids[0]].entries()) {
      assertEquals(found[i], {
        picture: await plainPicture(films[row].image, { pixels: 12 }),
        text: films[row].text,
      });
    }
  });
});
