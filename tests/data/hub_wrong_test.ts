/** Files that are not as listed, and disks without room. */
import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { OnesheetError } from "../../src/base/errors.ts";
import { fetchDataset } from "../../src/data/hub.ts";
import { listed, repository, withHub } from "./hub_server.ts";
import { assertWhole, fetched, FILE, kept, model, NAME, other, snapshot, weights } from "./hub_weights.ts";

Deno.test("a file of the wrong length or content is thrown away and fetched once more", async () => {
  for (const bytes of [weights.subarray(0, 9), new Uint8Array(3_000_001), other]) {
    await withHub([model], async ({ places, store }) => {
      await assertWhole(await fetched(places));
      assertEquals(store.asked.map(({ start }) => start), [0, 0]);
      assertEquals(kept(places), [FILE]);
    }, { store: ({ turn }) => turn === 0 ? { kind: "send", bytes } : undefined });
  }
});

Deno.test("a file that is wrong twice is said with what was expected and found, and not kept", async () => {
  const wrong = [
    [weights.subarray(0, 9), "expected 3000000 bytes, found 9"],
    [new Uint8Array(3_000_001), "expected 3000000 bytes, found 3000001"],
    [other, `Cannot keep "${FILE}" of ${NAME}: expected SHA-256 `],
  ] as const;
  for (const [bytes, sentence] of wrong) {
    await withHub([model], async ({ places, store }) => {
      await assertRejects(() => fetched(places), OnesheetError, sentence);
      assertEquals([store.asked.length, kept(places)], [2, []]);
    }, { store: () => ({ kind: "send", bytes }) });
  }
});

Deno.test("a small file is checked against git's name for it", async () => {
  const entry = (entry: Record<string, unknown>) => ({
    ...entry,
    oid: listed("x", other.slice(1000, 1700)).oid,
  });
  await withHub([model], async ({ places }) => {
    await assertRejects(
      () => fetched(places, "config.json"),
      OnesheetError,
      'Cannot keep "config.json" of timm/resnet50.tv2_in1k: expected git object ',
    );
    assertEquals(kept(places), []);
  }, { entry });
});

Deno.test("a damaged beginning left by an earlier try is thrown away", async () => {
  await withHub([model], async ({ places, store }) => {
    await Deno.mkdir(snapshot(places), { recursive: true });
    await Deno.writeFile(join(snapshot(places), `${FILE}.part`), other.slice(0, 2000));
    await assertWhole(await fetched(places));
    assertEquals(store.asked.map(({ start }) => start), [2000, 0]);
  });
});

Deno.test("a data set larger than the disk is refused before the first byte", async () => {
  const films = repository("dataset", "owner/films", { "a.parquet": weights });
  await withHub([films], async ({ places, store }) => {
    await assertRejects(
      () => fetchDataset("owner/films", undefined, places),
      OnesheetError,
      `Cannot keep the data set owner/films in "${places.cache}": expected 1000000000.00 GB of free space, found `,
    );
    assertEquals(store.asked, []);
  }, { entry: (entry) => ({ ...entry, size: 1e18 }) });
});

Deno.test({
  name: "a disk that fills up is said with the way out",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withHub([model], async ({ places }) => {
      await Deno.mkdir(snapshot(places), { recursive: true });
      await Deno.symlink("/dev/full", join(snapshot(places), `${FILE}.part`));
      await assertRejects(
        () => fetched(places),
        OnesheetError,
        `Cannot keep "${FILE}" of ${NAME} in "${places.cache}": expected 3 MB of free space, found a full disk; free ` +
          "some, or set ONESHEET_CACHE",
      );
    }),
});

Deno.test("a cache folder that cannot be written to is said with the way out", async () => {
  await withHub([model], async ({ places }) => {
    await Deno.writeTextFile(places.cache, "a file where the folder should be");
    await assertRejects(() => fetched(places), OnesheetError, "Cannot use the cache folder");
  });
});
