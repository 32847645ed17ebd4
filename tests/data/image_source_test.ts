import { assert, assertEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { colorJitter, randomHorizontalFlip, randomResizedCrop } from "../../src/data/augment.ts";
import { encodeJpeg } from "../../src/data/drawn/jpeg.ts";
import { posterOf } from "../../src/data/drawn/posters.ts";
import { BrokenPoster, type ImagePreparation, images, type Task } from "../../src/data/images.ts";
import { imageWorkers } from "../../src/data/image_workers.ts";
import { mmimdb } from "../../src/data/mmimdb.ts";
import { imagenet } from "../../src/data/normalize.ts";
import type { Places } from "../../src/data/places.ts";
import { SLOT } from "../../src/data/slots.ts";
import { random } from "../../src/base/random.ts";
import { within } from "../within.ts";
import { hubRow, parquetOf, withDataset } from "./parquet_files.ts";

const size = 12;
const files = {
  "a.parquet": parquetOf(
    Array.from(
      { length: size },
      (_, row) => hubRow(`p ${row}`, "War", encodeJpeg(posterOf([], random(row)))),
    ),
  ),
};
const preparation: ImagePreparation = {
  pixels: 24,
  augment: [
    randomResizedCrop({ size: 24, scale: [0.5, 1] }),
    randomHorizontalFlip(),
    colorJitter({ brightness: 0.3, hue: 0.1 }),
  ],
  ...imagenet,
};
const draw = { seed: 7, epoch: 3 };

/** A task of kept posters, as files or as pixels. */
async function withTask(
  oversampling: number,
  test: (path: string, task: Task, places: Places) => Promise<void>,
) {
  await withDataset(files, async (data, places) => {
    await using _ = await mmimdb({ ...preparation, tokens: 8, oversampling, validation: 0.1 })
      .made.open({ data }, places);
    const names = [...Deno.readDirSync(`${places.cache}/posters`)].map(({ name }) => name);
    const named = (ending: string) =>
      `${places.cache}/posters/${names.find((name) => name.endsWith(ending))}`;
    const slots = new Float64Array((await Deno.readFile(named(".slots"))).buffer);
    await test(
      named(".pictures"),
      { slots, rows: Int32Array.from({ length: size }, (_, i) => i), draw },
      places,
    );
  });
}

/** The pictures of a task one by one. */
const parts = ({ slots, rows, draw }: Task): Task[] =>
  Array.from(rows, (_, at) => ({
    slots: slots.subarray(at * SLOT / 8, (at + 1) * SLOT / 8),
    rows: rows.subarray(at, at + 1),
    draw,
  }));

for (const [oversampling, how] of [[1.25, "reduced pictures"], [0, "files"]] as const) {
  Deno.test(`threads make of ${how} what one thread makes, however many there are and whatever they are given`, async () => {
    await withTask(oversampling, async (path, task) => {
      const expected = await images(path, preparation, task);
      for (const count of [1, 3]) {
        using workers = imageWorkers(count, { path, preparation });
        assertEquals(await within(workers.images(task)), expected);
        const each = await within(Promise.all(parts(task).map((part) => workers.images(part))));
        assertEquals(each.flatMap((part) => [...part]), [...expected]);
      }
    });
  });
}

Deno.test("a thread says which poster is broken, and goes on with the next task", async () => {
  await withTask(1.25, async (path, task) => {
    using workers = imageWorkers(1, { path, preparation });
    const slots = task.slots.slice();
    slots[5 * SLOT / 8 + 6]++; // the checksum of the sixth
    const error = await assertRejects(
      () => within(workers.images({ ...task, slots })),
      BrokenPoster,
      "row 5",
    );
    assertEquals(error.at, 5);
    assertEquals(await within(workers.images(task)), await images(path, preparation, task));
  });
});

Deno.test("threads that are closed refuse what they were given", async () => {
  await withTask(1.25, async (path, task) => {
    const workers = imageWorkers(2, { path, preparation });
    const under = parts(task).map((part) =>
      assertRejects(() => workers.images(part), OnesheetError, "was closed")
    );
    workers[Symbol.dispose]();
    assertEquals((await within(Promise.all(under))).length, size);
  });
});

Deno.test("a kept poster that was damaged is made again from its row while batches are read", async () => {
  await withDataset(files, async (data, places) => {
    const source = mmimdb({ ...preparation, tokens: 8, validation: 0.1 }).made;
    await using set = await source.open({ data }, places);
    const positions = Int32Array.from({ length: set.train.size }, (_, i) => i);
    const before = await set.train.batch(positions, draw);
    const [name] = [...Deno.readDirSync(`${places.cache}/posters`)].filter(({ name }) =>
      name.endsWith(".pictures")
    );
    const path = `${places.cache}/posters/${name.name}`;
    const bytes = await Deno.readFile(path);
    for (let at = 0; at < bytes.length; at += 997) bytes[at] ^= 1;
    await Deno.writeFile(path, bytes);
    assertEquals(await within(set.train.batch(positions, draw)), before);
    assert((await Deno.stat(path)).size > bytes.length);
  });
});
