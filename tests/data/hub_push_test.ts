import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { demandPushable, pushFolder } from "../../src/data/hub/push.ts";
import type { Places } from "../../src/data/places.ts";
import { sha256 } from "./hub_server.ts";
import { type PushFaults, type PushHub, TOKEN, withPushHub } from "./push_hub.ts";

const names = ["README.md", "model.safetensors"];
const push = ({ folder, places }: PushHub, options = {}) =>
  pushFolder(folder, names, { repo: "me/films", ...options }, places);
const refusal = async (hub: PushHub, options = {}) =>
  (await assertRejects(() => push(hub, options), OnesheetError)).message;

/** What a whole push has taken. */
function assertTaken({ taken }: PushHub, revision = "main"): void {
  const oid = sha256(Uint8Array.of(1, 2, 3));
  assertEquals(taken.stored, new Map([[oid, Uint8Array.of(1, 2, 3)]]));
  const { revision: found, lines } = taken.commits.at(-1)!;
  assertEquals([found, lines[0].key], [revision, "header"]);
  const byPath = new Map(lines.slice(1).map(({ value }) => [value.path, value]));
  assertEquals([...byPath.keys()].sort(), names);
  assertEquals(atob(byPath.get("README.md")!.content!), "# a card");
  assertEquals(byPath.get("model.safetensors")!.oid, oid);
  // The token reaches the hub alone.
  for (const headers of taken.storeHeaders) assertEquals(headers.get("authorization"), null);
}

Deno.test("a folder becomes one commit: small files in it, large ones in the store; a new repository is private", async () => {
  await withPushHub(async (hub) => {
    assertEquals(await push(hub), `${hub.places.hub}/me/films`);
    const [{ name, organization, visibility, type }] = hub.taken.created;
    assertEquals([name, organization, visibility, type], ["films", "me", "private", "model"]);
    assertTaken(hub);
    assertEquals(hub.taken.commits[0].lines[0].value.summary, "Model and card");
  });
});

Deno.test("visibility, branch and message are as asked for; a branch that is there is used", async () => {
  const there: PushFaults["hub"] = (_, path) =>
    path.includes("/branch/")
      ? Response.json({ error: "Reference already exists" }, { status: 409 })
      : undefined;
  for (const hub of [undefined, there]) {
    await withPushHub(async (hub) => {
      const page = await push(hub, { public: true, revision: "v2/next", message: "More epochs" });
      assertEquals(page, `${hub.places.hub}/me/films/tree/v2/next`);
      assertEquals(hub.taken.created[0].visibility, "public");
      assertEquals(hub.taken.commits[0].lines[0].value.summary, "More epochs");
      assertTaken(hub, "v2/next");
    }, { hub });
  }
});

const json = (status: number, error: string, headers: Record<string, string> = {}) =>
  Response.json({ error }, { status, headers });
const rights = `You don't have the rights to create a model under the namespace "me"`;
const isThere = (path: string) => path === "/api/models/me/films";
const info = () => Response.json({ id: "me/films", private: true });

Deno.test("a repository that is there is used, whatever the hub answers to its creation", async () => {
  for (
    const refused of [
      () => json(409, "You already created this model repo"),
      () => json(403, rights, { "x-error-message": rights }),
      () => json(401, "Invalid username or password."),
      () => json(400, "Repository me/films already exists"),
    ]
  ) {
    await withPushHub(async (hub) => {
      await push(hub);
      assertTaken(hub);
    }, {
      hub: (_, path) => path === "/api/repos/create" ? refused() : isThere(path) ? info() : undefined,
    });
  }
});

/** Requests by what they are for, as a part of their path. */
const steps = ["/repos/create", "/preupload/", "/objects/batch", "/commit/"];

Deno.test("a hub that is busy or breaks the connection is asked again, at every step and as it asks for", async () => {
  const once = [
    () => json(429, "We had to rate limit you", { "retry-after": "0" }),
    () => json(503, "Service Unavailable"),
    () => new Response("<html>", { status: 502 }),
    () => new Response(new ReadableStream({ start: (stream) => stream.error("cut") })),
  ];
  for (const step of steps) {
    for (const fault of once) {
      await withPushHub(async (hub) => {
        await push(hub);
        assertTaken(hub);
      }, { hub: (_, path, turn) => path.includes(step) && turn === 0 ? fault() : undefined });
    }
  }
});

Deno.test("an upload that is cut or refused for a while is done again, in parts too; its address may change", async () => {
  const cut = async (request: Request) => {
    await request.body?.cancel();
    return new Response(new ReadableStream({ start: (stream) => stream.error("cut") }));
  };
  const faults: NonNullable<PushFaults["store"]>[] = [
    (_, turn) =>
      turn === 0 ? new Response("<Error><Code>InternalError</Code></Error>", { status: 500 }) : undefined,
    (_, turn) => turn === 0 ? new Response("slow down", { status: 503 }) : undefined,
    (request, turn) => turn === 0 ? cut(request) : undefined,
    (_, turn) =>
      turn === 0 ? new Response("<Message>Request has expired</Message>", { status: 403 }) : undefined,
  ];
  for (const store of faults) {
    for (const chunk of [undefined, 2]) {
      await withPushHub(async (hub) => {
        await push(hub);
        assertTaken(hub);
      }, { store, ...chunk && { chunk } });
    }
  }
});

Deno.test("a large file arrives byte for byte, with its length, though its first upload is cut in the middle", async () => {
  const bytes = new Uint8Array(9_000_000).map((_, i) => i * 31 + (i >> 9));
  const lengths: (string | null)[] = [];
  await withPushHub(async (hub) => {
    await Deno.writeFile(`${hub.folder}/model.safetensors`, bytes);
    await push(hub);
    assertEquals(hub.taken.stored.get(sha256(bytes)), bytes);
    assertEquals(new Set(lengths), new Set([`${bytes.length}`]));
  }, {
    store: async (request, turn) => {
      lengths.push(request.headers.get("content-length"));
      if (turn > 0) return undefined;
      const reader = request.body!.getReader();
      await reader.read();
      await reader.cancel();
      return new Response("", { status: 500 });
    },
  });
});

Deno.test("a commit that came in between is no reason to end", async () => {
  await withPushHub(async (hub) => {
    await push(hub);
    assertTaken(hub);
  }, {
    hub: (_, path, turn) =>
      path.includes("/commit/") && turn === 0
        ? json(412, "A commit has happened since. Please refresh and try again.")
        : undefined,
  });
});

Deno.test("a repository that was renamed is found; a redirect elsewhere does not get the token", async () => {
  await withPushHub(async (hub) => {
    await push(hub);
    assertTaken(hub);
    assert(hub.taken.asked.includes("POST /api/models/me/movies/commit/main"));
  }, {
    hub: (_, path) =>
      path.includes("/me/films")
        ? new Response("", { status: 307, headers: { location: path.replace("films", "movies") } })
        : undefined,
  });
  const got: (string | null)[] = [];
  await using elsewhere = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    got.push(request.headers.get("authorization"));
    return new Response("no", { status: 404 });
  });
  await withPushHub(async (hub) => void await refusal(hub), {
    hub: () => Response.redirect(`http://127.0.0.1:${elsewhere.addr.port}/x`, 307),
  });
  assert(got.length > 0 && got.every((header) => header === null));
});

Deno.test("what the hub refuses for good is said in its own words, with what helps", async () => {
  const limit = "Private repository storage limit reached, please upgrade your plan.";
  const card =
    'Invalid metadata in README.md.\n- "model-index[0].results[0].dataset.type" is not allowed to be empty';
  const cases: readonly (readonly [step: string, answer: () => Response, says: string])[] = [
    ["/repos/create", () => json(403, rights, { "x-error-message": rights }), `answered 403: ${rights}`],
    [
      "/preupload/",
      () => json(403, "Access is restricted.", { "x-error-code": "GatedRepo" }),
      "answered 403: Access is restricted; accept its terms on HUB/me/films",
    ],
    ["/objects/batch", () => json(403, limit), `answered 403: ${limit.slice(0, -1)}`],
    [
      "/commit/",
      () => json(400, card),
      `answered 400: ${card.replace("\n", " ")}; correct README.md in the folder`,
    ],
    [
      "/commit/",
      () => new Response("", { status: 403 }),
      "answered 403; set HF_TOKEN to a token of an account that may write there",
    ],
    ["/commit/", () => new Response("Not this way", { status: 405 }), "answered 405: Not this way"],
    ["/commit/", () => json(400, "\u001b[2J\u0007" + "x".repeat(900)), "answered 400: "],
  ];
  for (const [step, answer, says] of cases) {
    await withPushHub(async (hub) => {
      const message = await refusal(hub);
      assertStringIncludes(message.replaceAll(hub.places.hub, "HUB"), says);
      assertMatch(message, /^Cannot push to "me\/films": 127\.0\.0\.1:\d+ answered /);
      assert(!/\p{Cc}/u.test(message) && message.length < 800, message);
      assertEquals(hub.taken.commits, []);
    }, { hub: (_, path) => path.includes(step) ? answer() : undefined });
  }
});

Deno.test("a hub or store that stays busy is given up in a sentence without signatures and tokens", async () => {
  const faults: readonly (readonly [PushFaults, string])[] = [
    [
      { hub: (_, path) => path.includes("/commit/") ? json(503, "down") : undefined },
      "the server answered 503",
    ],
    [{ store: () => new Response("", { status: 500 }) }, "the server answered 500"],
    [{ store: () => new Response("<Message>Denied</Message>", { status: 403 }) }, "answered 403: Denied"],
  ];
  for (const [fault, says] of faults) {
    await withPushHub(async (hub) => {
      const message = await refusal(hub);
      assertStringIncludes(message, `several tries at `);
      assertStringIncludes(message, says);
      assert(!message.includes("signature") && !message.includes(TOKEN), message);
      assertEquals(hub.taken.commits, []);
    }, fault);
  }
});

Deno.test("a hub that is out of reach, or is no hub, is a sentence", async () => {
  await withPushHub(async (hub) => {
    const places = { ...hub.places, hub: "http://127.0.0.1:9" };
    assertMatch(
      await refusal({ ...hub, places }),
      /several tries at 127\.0\.0\.1:9 failed \(.*check the network and HF_ENDPOINT/,
    );
  });
  await withPushHub(async (hub) => {
    assertStringIncludes(
      await refusal(hub),
      "expected the answers of a Hugging Face hub from http://127.0.0.1",
    );
  }, { hub: () => new Response("<html>welcome</html>") });
});

Deno.test("a push that cannot succeed is refused before anything is sent", async () => {
  await withPushHub(async (hub) => {
    const refused = async (repo: string, changes: Partial<Places>, why: string, options = {}) => {
      const to = { repo, ...options }, places = { ...hub.places, ...changes };
      const error = await assertRejects(() => pushFolder(hub.folder, names, to, places), OnesheetError, why);
      assertEquals(error.exitCode, 2);
      assert(!error.message.includes(TOKEN));
    };
    for (
      const name of [
        "films",
        "me/",
        "/films",
        "a/b/c",
        "me/fil ms",
        "me/-x",
        "me/x.",
        "me/a--b",
        "me/x.git",
        "me/" + "x".repeat(99),
      ]
    ) {
      await refused(name, {}, `Cannot push to "${name}": expected a name such as owner/model`);
    }
    await refused("me/films", { token: undefined }, "found none; set HF_TOKEN");
    await refused("me/films", { token: "a b" }, "expected a token without spaces");
    await refused("me/films", { offline: true }, "HF_HUB_OFFLINE is set");
    await refused("me/films", {}, "as --revision, found", { revision: "../x" });
    assertEquals(hub.taken.asked, []);
    assertMatch(
      (await assertRejects(() => push({ ...hub, places: { ...hub.places, token: "wrong" } }), OnesheetError))
        .message,
      /answered 401: Invalid username or password; set HF_TOKEN to a token/,
    );
    demandPushable({ repo: "me/fil_ms.v-2", revision: "refs/pr/1" }, hub.places);
  });
});
