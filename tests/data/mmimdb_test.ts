import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { choice } from "../../src/base/choice.ts";
import { OnesheetError } from "../../src/base/errors.ts";
import type { Augmentation } from "../../src/data/augment.ts";
import { HubUnreachable } from "../../src/data/hub.ts";
import { mmimdb } from "../../src/data/mmimdb.ts";
import { imagenet } from "../../src/data/normalize.ts";
import type { Batch, OpenOptions } from "../../src/data/source.ts";
import { trainTestSplit } from "../../src/data/split.ts";
import { hubRow, parquetOf, png, withDataset } from "./parquet_files.ts";

const n = 20;
const genres = ["Drama", "Comedy,Drama", "War", "Action, War"];
const colour = (row: number): [number, number, number] => [row * 10, 255 - row * 10, 128];
const rows = Array.from(
  { length: n },
  (_, row) => hubRow(`Film ${row} ends.`, row === 7 ? "Western" : genres[row % 4], png(5, 7, colour(row))),
);
const files = {
  "data/train-0.parquet": parquetOf(rows.slice(0, 12), 5),
  "data/train-1.parquet": parquetOf(rows.slice(12)),
};
const split = trainTestSplit(n, { test: 0.15, seed: 42 });

/** Adds noise, so that the draw shows. */
const noise: Augmentation = choice("noise", {}, () => (picture, random) => {
  return { ...picture, data: picture.data.map((value) => value + random.integer(200)) };
});

const small = { pixels: 4, tokens: 8 };
const at = (...positions: number[]) => Int32Array.from(positions);
const imageOf = (batch: Batch, row: number) => batch.inputs.image.data.slice(row * 48, row * 48 + 48);

Deno.test("both sides have the rows of the published split, and the labels of all rows whatever the limit", async () => {
  await withDataset(files, async (data, places) => {
    await using all = await mmimdb(small).made.open({ data }, places);
    assertEquals(all.labels, ["action", "comedy", "drama", "war", "western"]);
    assertEquals([all.train.ids, all.validation.ids], [split.train, split.test]);
    assertEquals([all.train.size, all.validation.size], [17, 3]);
    await using few = await mmimdb(small).made.open({ data, limit: 2 }, places);
    assertEquals(few.labels, all.labels);
    assertEquals([few.train.ids, few.validation.ids], [split.train.slice(0, 2), split.test.slice(0, 2)]);
    assertEquals([few.train.size, few.validation.size], [2, 2]);
  });
});

Deno.test("a validation batch has each row's resized and normalized poster, token ids and labels", async () => {
  await withDataset(files, async (data, places) => {
    const source = mmimdb(small).made;
    await using set = await source.open({ data }, places);
    const { inputs, labels } = await set.validation.batch(at(2, 0));
    for (const [name, { shape, dtype }] of Object.entries(source.inputs)) {
      assertEquals([inputs[name].shape, inputs[name].dtype], [[2, ...shape], dtype]);
    }
    [split.test[2], split.test[0]].forEach((row, k) => {
      const image = inputs.image.data.subarray(k * 48, k * 48 + 48);
      image.forEach((value, i) => {
        const channel = i % 3;
        const expected = (colour(row)[channel] / 255 - imagenet.mean[channel]) / imagenet.std[channel];
        assertAlmostEquals(value, expected, 1e-5, `row ${row}`);
      });
      const encoded = set.tokenizer.encode([`Film ${row} ends.`], 8);
      assertEquals([...inputs.ids.data.slice(k * 8, k * 8 + 8)], [...encoded.ids]);
      assertEquals([...inputs.mask.data.slice(k * 8, k * 8 + 8)], [...encoded.mask]);
      const named = set.labels.filter((_, column) => labels[k * 5 + column] === 1).join(",");
      assertEquals(named, row === 7 ? "western" : genres[row % 4].toLowerCase().replace(" ", ""));
    });
  });
});

Deno.test("a training picture depends on seed, epoch and row, not on the batch it is in; validation is not changed", async () => {
  await withDataset(files, async (data, places) => {
    await using set = await mmimdb({ ...small, augment: [noise] }).made.open({ data }, places);
    const first = await set.train.batch(at(0, 1, 2), { seed: 1, epoch: 0 });
    const again = await set.train.batch(at(2, 0), { seed: 1, epoch: 0 });
    assertEquals(imageOf(again, 1), imageOf(first, 0));
    assertEquals(imageOf(again, 0), imageOf(first, 2));
    assertNotEquals(imageOf(await set.train.batch(at(0), { seed: 1, epoch: 1 }), 0), imageOf(first, 0));
    assertNotEquals(imageOf(await set.train.batch(at(0), { seed: 2, epoch: 0 }), 0), imageOf(first, 0));
    assertNotEquals(imageOf(await set.train.batch(at(0)), 0), imageOf(first, 0));
    const plain = await set.validation.batch(at(0));
    assertAlmostEquals(
      plain.inputs.image.data[0],
      (colour(split.test[0])[0] / 255 - imagenet.mean[0]) / imagenet.std[0],
      1e-5,
    );
  });
});

Deno.test("augmentations run in the order given, on the same stream", async () => {
  const order: string[] = [];
  const noted = (name: string): Augmentation =>
    choice(name, {}, () => (picture, random) => {
      order.push(`${name} ${random.uniform()}`);
      return picture;
    });
  await withDataset(files, async (data, places) => {
    await using set = await mmimdb({ ...small, augment: [noted("a"), noted("b")] }).made.open(
      { data },
      places,
    );
    await set.train.batch(at(3), { seed: 5, epoch: 2 });
    assertEquals(order.map((line) => line[0]), ["a", "b"]);
    assertNotEquals(order[0].slice(2), order[1].slice(2));
  });
});

Deno.test("a poster that cannot be decoded is left out with its row and the reason; the others keep their sides", async () => {
  const bad = [split.train[1], split.test[0]];
  const broken = rows.map((row, i) => bad.includes(i) ? hubRow("x", "War", Uint8Array.of(1, 2, 3)) : row);
  const without = (side: Int32Array) => side.filter((row) => !bad.includes(row));
  for (const oversampling of [1.25, 0]) {
    await withDataset({ "a.parquet": parquetOf(broken) }, async (data, places) => {
      for (const _ of ["at first", "again"]) {
        await using set = await mmimdb({ ...small, oversampling }).made.open({ data }, places);
        assertEquals(
          set.skipped,
          bad.toSorted((a, b) => a - b).map((row) => ({
            row,
            reason:
              "Cannot decode this image: expected JPEG, PNG, GIF, WebP, TIFF or AVIF, found 3 bytes that begin with " +
              '"\\u0001\\u0002\\u0003"; convert it to JPEG or PNG',
          })),
        );
        assertEquals([set.train.ids, set.validation.ids], [without(split.train), without(split.test)]);
        const { inputs } = await set.validation.batch(at(0, 1));
        const encoded = set.tokenizer.encode([`Film ${split.test[1]} ends.`], 8);
        assertEquals([...inputs.ids.data.slice(0, 8)], [...encoded.ids]);
      }
    });
  }
});

Deno.test("who wants no image gets none, and keeps the rows whose image is broken unless another model wants them", async () => {
  const broken = rows.with(4, hubRow("Film 4 ends.", "Drama", png(5, 7, colour(4)).subarray(0, 30)));
  await withDataset({ "train-0.parquet": parquetOf(broken) }, async (data, places) => {
    const source = mmimdb(small).made;
    const found = async (options: Pick<OpenOptions, "inputs" | "alsoFor">) => {
      await using set = await source.open({ data, ...options }, places);
      const { inputs } = await set.train.batch(at(0));
      return [set.skipped?.map(({ row }) => row), set.train.size + set.validation.size, Object.keys(inputs)];
    };
    assertEquals(await found({ inputs: ["ids", "mask"] }), [[], n, ["ids", "mask"]]);
    assertEquals(await found({ inputs: ["ids"], alsoFor: ["image"] }), [[4], n - 1, ["ids", "mask"]]);
    assertEquals(await found({ inputs: ["image"] }), [[4], n - 1, ["image", "ids", "mask"]]);
  });
});

Deno.test("settings can be changed by name and are checked", () => {
  assertEquals(mmimdb().with({ pixels: 32 }).made.inputs.image.shape, [32, 32, 3]);
  assertThrows(
    () => mmimdb({ pixels: 0 }),
    OnesheetError,
    '"mmimdb.pixels": expected a whole number of at least 1',
  );
  assertThrows(() => mmimdb().with({ oversampling: 0.5 }), OnesheetError, '"mmimdb.oversampling"');
  assertThrows(() => mmimdb().with({ tokens: 1 }), OnesheetError, '"mmimdb.tokens": expected a whole number');
  assertThrows(() => mmimdb().with({ token: 1 }), OnesheetError, 'did you mean "tokens"?');
});

Deno.test("without a folder the data set is asked of the hub", async () => {
  await withDataset({}, async (_, places) => {
    const asked = await assertRejects(() => mmimdb().made.open({}, places), HubUnreachable);
    assert(asked.message.includes("sxj1215/mmimdb"));
  });
});

/** A folder in which a run has kept these files. */
async function withKept(
  files: Readonly<Record<string, string>>,
  test: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(`${folder}/${name}`, text);
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("an example from outside is read as its row of the validation side is", async () => {
  await withDataset(files, async (data, places) => {
    const source = mmimdb({ ...small, augment: [noise] }).made;
    await using set = await source.open({ data }, places);
    const { inputs } = await set.validation.batch(at(0, 2));
    const examples = [split.test[0], split.test[2]].map((row) => ({
      image: png(5, 7, colour(row)),
      text: `Film ${row} ends.`,
    }));
    await withKept(set.kept, async (kept) => {
      const read = await source.reader(kept);
      assertEquals(await read(examples), inputs);
      assertEquals(await read([]).then(({ ids }) => ids.shape), [0, 8]);
    });
  });
});

Deno.test("examples cannot be read where a run has kept no vocabulary", async () => {
  await withKept({}, async (kept) => {
    const error = await assertRejects(() => mmimdb(small).made.reader(kept), OnesheetError);
    assertEquals(
      error.message,
      `Cannot read examples as the run did: expected tokenizer.json in "${kept}", found none`,
    );
  });
});

Deno.test("what a run has kept counts more than any other vocabulary", async () => {
  const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
  const listed = (...words: string[]) => new TextEncoder().encode([...special, ...words].join("\n"));
  await withDataset({ ...files, "vocab.txt": listed("film", "ends") }, async (data, places) => {
    const open = mmimdb(small).made.open;
    await using first = await open({ data }, places);
    await withKept(first.kept, async (kept) => {
      await Deno.writeFile(`${data}/vocab.txt`, listed("ends", "film"));
      await using again = await open({ data, kept }, places);
      await using changed = await open({ data }, places);
      const ids = async ({ validation }: typeof first) => (await validation.batch(at(0))).inputs.ids.data;
      assertEquals(await ids(again), await ids(first));
      assertNotEquals(await ids(changed), await ids(first));
      assertEquals(again.kept, first.kept);
      assertEquals([first.makeshift, again.makeshift], [undefined, undefined]);
    });
  });
});

Deno.test("a vocabulary that was made up says so once, and is as good as any when it was kept", async () => {
  await withDataset(files, async (data, places) => {
    const told: string[] = [];
    await using made = await mmimdb(small).made.open({ data, onProgress: (what) => told.push(what) }, places);
    assertEquals(made.makeshift, "the vocabulary");
    assert(told.some((what) => what.includes("google-bert/bert-base-uncased is out of reach")), told.join());
    await withKept(made.kept, async (kept) => {
      await using again = await mmimdb(small).made.open({ data, kept }, places);
      assertEquals(again.makeshift, undefined);
      assertEquals(again.kept, made.kept);
    });
  });
});
