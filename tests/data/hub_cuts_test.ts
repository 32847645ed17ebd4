/** A network that cuts connections or falls silent, and servers that are busy. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { OnesheetError } from "../../src/base/errors.ts";
import { random } from "../../src/base/random.ts";
import { fetchDataset, fetchFile, HubUnreachable } from "../../src/data/hub.ts";
import { commit, repository, sha256, withHub } from "./hub_server.ts";
import { assertWhole, fetched, FILE, kept, model, NAME, weights } from "./hub_weights.ts";

Deno.test("a download that is cut 50 times at any byte goes on each time and arrives whole", async () => {
  const cuts = random("cuts");
  await withHub([model], async ({ places, store }) => {
    await assertWhole(await fetched(places));
    const starts = store.asked.map(({ start }) => start);
    assertEquals(starts.length, 51);
    assertEquals(starts, starts.toSorted((a, b) => a - b));
    assertEquals(kept(places), [FILE]);
  }, { store: ({ turn }) => turn < 50 ? { kind: "cut", after: cuts.integer(58_000) } : undefined });
});

Deno.test("shards that are each cut at other bytes arrive whole", async () => {
  const files = Object.fromEntries(
    Array.from(
      { length: 6 },
      (_, i) => [`data/train-${i}.parquet`, weights.slice(i * 400_000, 400_000 * (i + 1))],
    ),
  );
  const cuts = random("shards");
  await withHub([repository("dataset", "owner/films", files)], async ({ places, store }) => {
    const folder = await fetchDataset("owner/films", undefined, places);
    for (const [name, bytes] of Object.entries(files)) {
      assertEquals(await Deno.readFile(join(folder, name)), bytes);
    }
    assertEquals(store.asked.length, 6 * 6);
  }, { store: ({ turn }) => turn < 5 ? { kind: "cut", after: 1 + cuts.integer(70_000) } : undefined });
});

Deno.test("a store that falls silent is asked again for the rest", async () => {
  await withHub([model], async ({ places, store }) => {
    await assertWhole(await fetched({ ...places, patience: { pause: 1, quiet: 400 } }));
    assertEquals(store.asked.map(({ start }) => start).slice(0, 4), [0, 0, 9000, 18_000]);
  }, { store: ({ turn }) => turn < 3 ? { kind: "stall", after: turn && 9000 } : undefined });
});

Deno.test("a hub that falls silent or whose answers are cut is asked again, and is out of reach when it stays so", async () => {
  for (
    const [kind, reason] of [
      ["stall", "no data for 0.4 s"],
      ["cut", "error reading a body from connection"],
    ] as const
  ) {
    let [bad, away] = [1, ""];
    await withHub([model], async ({ places, asked, store }) => {
      away = `${store.address}/${sha256(weights)}`;
      const hasty = { ...places, patience: { pause: 1, quiet: 400 } };
      await assertWhole(await fetched(hasty));
      assert(asked.filter((line) => line.includes("/revision/main")).length > 1);
      bad = 3;
      await assertRejects(() => fetched(hasty, "config.json"), HubUnreachable, `is out of reach (${reason})`);
      assertEquals(bad, 0);
    }, {
      // The bad answer comes from the store, whose connections can be broken.
      hub: () => bad > 0 ? new Response(null, { status: 307, headers: { location: away } }) : undefined,
      store: () => bad-- > 0 ? { kind, after: 9 } : undefined,
    });
  }
});

const waits: readonly Readonly<Record<string, string>>[] = [
  { "retry-after": "7200" },
  { "retry-after": new Date(Date.now() + 7_200_000).toUTCString() },
  { ratelimit: '"api";r=0;t=7200' },
  {},
];

for (const [i, headers] of waits.entries()) {
  Deno.test(`a hub and a store that are busy are waited for, but not longer than bearable (${i + 1})`, () => {
    const statuses = [429, 503];
    return withHub([model], async ({ places, asked, store }) => {
      await assertWhole(await fetched(places));
      assertEquals([asked.length, store.asked.length], [3 * 3 + 2, 3]);
    }, {
      hub: (_, turn) => turn < 2 ? new Response(null, { status: statuses[turn], headers }) : undefined,
      store: ({ turn }) => turn < 2 ? { kind: "answer", status: statuses[turn], headers } : undefined,
    });
  });
}

Deno.test("a hub that stays busy is out of reach; a store that does is named, and what came is kept", async () => {
  let hub = true;
  await withHub([model], async ({ places, asked, store }) => {
    await assertRejects(() => fetched(places), HubUnreachable, "is out of reach (the server answered 503)");
    assertEquals(asked.length, 3);
    hub = false;
    const from = new URL(places.hub).host;
    await assertRejects(
      () => fetched(places),
      OnesheetError,
      `Cannot download ${FILE} from ${from}: the server answered 500; run the command again to go on from byte 5000 ` +
        "of 3000000",
    );
    assertEquals(kept(places), [`${FILE}.part`]);
    assertEquals(store.asked.map(({ start }) => start), [0, 5000, 5000, 5000, 5000, 5000]);
  }, {
    hub: () => hub ? new Response(null, { status: 503 }) : undefined,
    store: ({ turn }) => turn === 0 ? { kind: "cut", after: 5000 } : { kind: "answer", status: 500 },
  });
});

Deno.test("a later call goes on where a failed one stopped", async () => {
  let broken = true;
  await withHub([model], async ({ places, store }) => {
    await assertRejects(() => fetched(places), OnesheetError, "go on from byte 70000 of 3000000");
    broken = false;
    const told: number[] = [];
    await assertWhole(await fetchFile(NAME, FILE, (_, done) => told.push(done), places));
    assertEquals(told[0], 70_000);
    assertEquals(store.asked.at(-1)?.start, 70_000);
  }, { store: ({ start }) => broken ? { kind: "cut", after: start ? 0 : 70_000 } : undefined });
});

Deno.test("an address that the store no longer accepts is asked of the hub again", async () => {
  await withHub([model], async ({ places, asked, store }) => {
    await assertWhole(await fetched(places));
    assertEquals([asked.filter((line) => line.includes("/resolve/")).length, store.asked.length], [3, 3]);
  }, {
    store: ({ turn }) =>
      [{ kind: "cut", after: 1_000_000 } as const, { kind: "answer", status: 403 } as const].at(turn) ??
        undefined,
  });
});

Deno.test("one file that fails stops the others of its data set, which are gone on with later", async () => {
  const files = Object.fromEntries(
    Array.from(
      { length: 8 },
      (_, i) => [`train-${i}.parquet`, weights.slice(i * 300_000, 300_000 * (i + 1))],
    ),
  );
  const wrong = `/${sha256(files["train-2.parquet"])}`;
  let [broken, folder] = [true, ""];
  /** The hub tells where the bad file is only when the three beside it are under way. */
  const underWay = async () => {
    const size = (i: number) =>
      Deno.stat(join(folder, `train-${i}.parquet.part`)).then((s) => s.size, () => 0);
    for (let tries = 0; tries < 2000; tries++) {
      if ((await Promise.all([0, 1, 3].map(size))).every((bytes) => bytes === 100_000)) break;
      await new Promise((done) => setTimeout(done, 10));
    }
  };
  await withHub([repository("dataset", "owner/films", files)], async ({ places, asked, store }) => {
    folder = join(places.cache, "hub", "datasets--owner--films", "snapshots", commit(1));
    await assertRejects(
      () => fetchDataset("owner/films", undefined, places),
      OnesheetError,
      'Cannot keep "train-2.parquet" of owner/films',
    );
    assertEquals(store.asked.length, 5);
    broken = false;
    const before = asked.length;
    assertEquals(await fetchDataset("owner/films", undefined, places), folder);
    for (const [name, bytes] of Object.entries(files)) {
      assertEquals(await Deno.readFile(join(folder, name)), bytes);
    }
    assertEquals(
      asked.slice(before).filter((line) => line.includes("/resolve/")).length,
      asked.length - before,
    );
    assertEquals(store.asked.slice(5).filter(({ start }) => start === 100_000).length, 3);
  }, {
    hub: async ({ url }) => {
      if (broken && url.endsWith("/train-2.parquet")) await underWay();
      return undefined;
    },
    store: ({ path }) => {
      if (!broken) return undefined;
      return path === wrong
        ? { kind: "send", bytes: new Uint8Array(300_000) }
        : { kind: "stall", after: 100_000 };
    },
  });
});
