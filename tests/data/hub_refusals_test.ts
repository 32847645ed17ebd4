/** What a hub refuses, and to whom the token goes. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { fetchDataset, fetchFile, HubUnreachable } from "../../src/data/hub.ts";
import { type Hub, repository, withHub } from "./hub_server.ts";
import { assertWhole, fetched, FILE, model, NAME, weights } from "./hub_weights.ts";

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
