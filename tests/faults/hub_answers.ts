/** Faults of what the hub and its store answer: refusals, other bytes, other hosts, answers without an end. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { OnesheetError } from "../../src/base/errors.ts";
import { fetchDataset } from "../../src/data/hub.ts";
import { type Faults, type Hub, repository, withHub } from "../data/hub_server.ts";
import { assertWhole, fetched, FILE, kept, model, other, weights } from "../data/hub_weights.ts";
import type { Fault } from "./campaign.ts";

/** The file is refused in a sentence that has these words, and nothing of it is kept. */
const refused = (words: readonly string[], faults: Faults, token?: string, name = FILE) => () =>
  withHub([model], async ({ places }) => {
    const error = await assertRejects(
      () => fetched({ ...places, token, patience: { pause: 1, quiet: 2000 } }, name),
      OnesheetError,
    );
    for (const word of words) assertStringIncludes(error.message, word);
    assert(!error.message.includes("\n"), error.message);
    assert(!kept(places).includes(name));
  }, faults);

const TOKEN = "hf_secret", terms = "accept its terms on", account = "set HF_TOKEN to a token";
const refusals:
  readonly (readonly [status: number, code: string, token: string | undefined, hint: string])[] = [
    [401, "RepoNotFound", undefined, account],
    [401, "", TOKEN, "it does not accept the token"],
    [401, "GatedRepo", undefined, account],
    [403, "GatedRepo", TOKEN, terms],
    [403, "", undefined, terms],
    [404, "RepoNotFound", TOKEN, "your token may not read"],
    [404, "RepoNotFound", undefined, account],
    [404, "EntryNotFound", undefined, "no such file"],
  ];

const refusalFaults = refusals.flatMap(([status, code, token, hint]): Fault[] =>
  ["/revision/", "/paths-info/", "/resolve/"].map((where) => ({
    what: `the hub answers ${status} ${code || "without a code"}, ${token ? "with" : "without"} a token`,
    inject: refused([`answered ${status}`, hint], {
      hub: ({ url }) =>
        url.includes(where)
          ? Response.json({ error: "no" }, { status, headers: code ? { "x-error-code": code } : {} })
          : undefined,
    }, token),
  }))
);

const wrong: readonly (readonly [what: string, bytes: Uint8Array])[] = [
  ["of another content", other],
  ["that is too short", weights.subarray(0, 9)],
  ["that is too long", new Uint8Array(weights.length + 1)],
  ["that is empty", new Uint8Array()],
];

const wrongFaults = wrong.flatMap(([what, bytes]): Fault[] => [
  {
    what: `the store sends a file ${what}, once`,
    inject: () =>
      withHub([model], async ({ places }) => {
        await assertWhole(await fetched(places));
        assertEquals(kept(places), [FILE]);
      }, { store: ({ turn }) => turn === 0 ? { kind: "send", bytes } : undefined }),
  },
  {
    what: `the store sends a file ${what}, always`,
    inject: refused(["expected ", "found "], { store: () => ({ kind: "send", bytes }) }),
  },
]);

/** A body that does not end. */
const endless = (): ReadableStream<Uint8Array> =>
  new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65_536).fill(32)) });

const shards = repository("dataset", "owner/films", { "a.parquet": weights });
const pageOfItself = ({ url }: Request): Response | undefined =>
  url.includes("/tree/") ? Response.json([], { headers: { link: `<${url}>; rel="next"` } }) : undefined;

const endlessFaults: Fault[] = [
  {
    what: "a small file does not end",
    inject: refused(
      ["expected 700 bytes, found "],
      {
        hub: ({ url }) => url.includes("/resolve/") ? new Response(endless()) : undefined,
      },
      undefined,
      "config.json",
    ),
  },
  {
    what: "an answer of the hub does not end",
    inject: refused(["expected an answer of at most"], { hub: () => new Response(endless()) }),
  },
  {
    what: "a listing does not end",
    inject: () =>
      withHub([shards], async ({ places }) => {
        await assertRejects(() => fetchDataset("owner/films", undefined, places), OnesheetError, "pages");
      }, { hub: pageOfItself }),
  },
];

/** The hub sends every request for a file to an address. */
const elsewhere = (location: (hub: Hub) => string, check: (hub: Hub) => Promise<void>) => async () => {
  let target = "";
  await withHub([model], async (hub) => {
    target = location(hub);
    await check(hub);
  }, {
    hub: ({ url }) =>
      url.includes("/resolve/")
        ? new Response(null, { status: 302, headers: { location: target } })
        : undefined,
  });
};

/** A redirect that is not followed, with the sentence for it. */
const dead = (what: string, location: (hub: Hub) => string, sentence: string): Fault => ({
  what,
  inject: elsewhere(location, async ({ places }) => {
    await assertRejects(() => fetched({ ...places, token: TOKEN }), OnesheetError, sentence);
    assert(!kept(places).includes(FILE));
  }),
});

const redirectFaults: Fault[] = [
  {
    what: "the hub redirects to another host, which must not see the token",
    inject: () =>
      withHub([model], async ({ places, store }) => {
        await assertWhole(await fetched({ ...places, token: TOKEN }));
        assertEquals(store.asked.map(({ headers }) => headers.get("authorization")), [null]);
      }),
  },
  dead(
    "the hub redirects in a circle",
    ({ places }) => `${places.hub}/a/b/resolve/x/y`,
    "redirects in a circle",
  ),
  dead("the hub redirects to a file of this machine", ({ folder }) => {
    Deno.writeFileSync(join(folder, "secret"), weights);
    return `file://${join(folder, "secret")}`;
  }, "an address of a web server"),
  dead(
    "the hub redirects to data in the address",
    () => "data:text/plain,hello",
    "an address of a web server",
  ),
  dead("the hub redirects to nowhere", () => "http://", "an address of a web server"),
];

/** Faults of answers; the same at either scale. */
export const answerFaults: readonly Fault[] = [
  ...refusalFaults,
  ...wrongFaults,
  ...endlessFaults,
  ...redirectFaults,
];
