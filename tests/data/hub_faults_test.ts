/** A hub and a network that misbehave: what is survived, and what is said of the rest. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { OnesheetError } from "../../src/base/errors.ts";
import { random } from "../../src/base/random.ts";
import { fetchDataset, fetchFile, HubUnreachable } from "../../src/data/hub.ts";
import type { Places } from "../../src/data/places.ts";
import { commit, type Hub, listed, repository, sha256, withHub } from "./hub_server.ts";

const NAME = "timm/resnet50.tv2_in1k", FILE = "model.safetensors";
const stream = random("weights");
const weights = Uint8Array.from({ length: 3_000_000 }, () => stream.integer(256));
const model = repository("model", NAME, { [FILE]: weights, "config.json": weights.slice(0, 700) });
const other = weights.slice().fill(7, 1000, 1010);

const fetched = (places: Places, name = FILE) => fetchFile(NAME, name, undefined, places);
const snapshot = (places: Places) =>
  join(places.cache, "hub", "models--timm--resnet50.tv2_in1k", "snapshots", commit(1));
const kept = (places: Places): string[] => {
  try {
    return [...Deno.readDirSync(snapshot(places))].map(({ name }) => name).sort();
  } catch {
    return [];
  }
};
async function assertWhole(path: string): Promise<void> {
  assertEquals(await Deno.readFile(path), weights);
}

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

const refusals:
  readonly (readonly [status: number, code: string, token: string | undefined, sentence: string])[] = [
    [
      401,
      "RepoNotFound",
      undefined,
      `there is no model repository ${NAME}, or it is a private one: check the name, or set HF_TOKEN`,
    ],
    [
      404,
      "RepoNotFound",
      "hf_x",
      `there is no model repository ${NAME}, or it is one your token may not read`,
    ],
    [401, "", "hf_x", "it does not accept the token; log in again, or set HF_TOKEN"],
    [
      401,
      "GatedRepo",
      undefined,
      `access to ${NAME} is restricted; accept its terms on HUB/${NAME}, then set HF_TOKEN`,
    ],
    [
      403,
      "GatedRepo",
      "hf_x",
      `access to ${NAME} is restricted; accept its terms on HUB/${NAME} with the account of your token`,
    ],
    [404, "RevisionNotFound", undefined, `${NAME} no longer has the commit`],
    [404, "EntryNotFound", undefined, `${NAME} has no such file`],
    [400, "", undefined, "it refuses the request"],
  ];

for (const [status, code, token, sentence] of refusals) {
  Deno.test(`the answer ${status} ${code} ${token ? "with" : "without"} a token is not repeated, and says what helps`, async () => {
    for (const where of ["/revision/", "/paths-info/", "/resolve/"]) {
      await withHub([model], async ({ places, asked }) => {
        const error = await assertRejects(() => fetched({ ...places, token }), OnesheetError);
        assert(!(error instanceof HubUnreachable));
        assertStringIncludes(
          error.message,
          `Cannot fetch "${FILE}" of ${NAME}: ${places.hub} answered ${status}, `,
        );
        assertStringIncludes(error.message, sentence.replace("HUB", places.hub));
        assertEquals(asked.filter((line) => line.includes(where)).length, 1);
      }, {
        hub: ({ url }) =>
          url.includes(where)
            ? Response.json({ error: "no" }, { status, headers: code === "" ? {} : { "x-error-code": code } })
            : undefined,
      });
    }
  });
}

Deno.test("a hub that no connection reaches is said with its address", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const hub = `http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}`;
  listener.close();
  await withHub([], async ({ places }) => {
    const error = await assertRejects(
      () => fetched({ ...places, hub }),
      HubUnreachable,
      `${hub} is out of reach`,
    );
    assertStringIncludes(error.message, "check the network and HF_ENDPOINT");
    await assertRejects(
      () => fetchDataset("a/b", undefined, { ...places, hub }),
      HubUnreachable,
      "Cannot fetch the data set a/b",
    );
  });
});

Deno.test("an answer that is no JSON, names no commit or goes in a circle is not taken for a hub's", async () => {
  const page = () =>
    new Response("<html>Sign in to the network</html>", { headers: { "content-type": "text/html" } });
  const cases: [(request: Request) => Response, string][] = [
    [page, "expected the answer of a Hugging Face hub from"],
    [() => Response.json({ sha: "../../x" }), "no commit"],
    [({ url }) => new Response(null, { status: 302, headers: { location: url } }), "redirects in a circle"],
  ];
  for (const [hub, sentence] of cases) {
    await withHub([model], async ({ places }) => {
      await assertRejects(() => fetched(places), OnesheetError, sentence);
    }, { hub });
  }
});

Deno.test("the token goes to the hub and to nobody else", async () => {
  const token = "hf_secret";
  await withHub([model], async ({ places, asked, store }) => {
    await assertWhole(await fetched({ ...places, token }));
    assert(asked.length === 3 && asked.every((line) => line.endsWith(" Bearer hf_secret")), asked.join("\n"));
    assertEquals(store.asked.map(({ headers }) => headers.get("authorization")), [null]);
  });
  // A mirror may hand out addresses of the hub it mirrors: in redirects of its API and in the links of its pages.
  const films = repository(
    "dataset",
    "owner/films",
    Object.fromEntries(
      Array.from({ length: 9 }, (_, i) => [`train-${i}.parquet`, weights.slice(i, i + 99)]),
    ),
  );
  await withHub([films], async (mirrored: Hub) => {
    await withHub([films], async ({ places, asked }) => {
      await fetchDataset("owner/films", undefined, { ...places, token });
      assert(asked.every((line) => line.endsWith(" Bearer hf_secret")));
      assert(mirrored.asked.some((line) => line.includes("/tree/")), "the mirrored hub was asked");
      assert(!mirrored.asked.some((line) => line.includes("hf_secret")));
    }, {
      hub: ({ url }) => {
        const location = mirrored.places.hub + new URL(url).pathname + new URL(url).search;
        return url.includes("/tree/")
          ? new Response(null, { status: 307, headers: { location } })
          : undefined;
      },
    });
  });
});

Deno.test("a repository that has moved is followed", async () => {
  await withHub([model], async ({ places }) => {
    await assertWhole(await fetchFile("resnet50", FILE, undefined, places));
  }, {
    hub: ({ url }) => {
      const { pathname, search } = new URL(url);
      if (pathname.includes(NAME)) return undefined;
      const location = pathname.replace("/resnet50/", `/${NAME}/`) + search;
      return new Response(null, { status: 307, headers: { location } });
    },
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
