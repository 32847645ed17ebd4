import { assert, assertEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { pushFolder } from "../../src/data/hub/push.ts";
import type { Places } from "../../src/data/places.ts";
import { sha256 } from "./hub_server.ts";
import { placesIn } from "./parquet_files.ts";

interface Line {
  readonly key: string;
  readonly value: { readonly path: string; readonly content?: string; readonly oid?: string };
}

/** What a hub has taken. */
interface Taken {
  readonly created: unknown[];
  readonly stored: Map<string, Uint8Array>;
  commit: Line[];
}

/** A hub that takes commits as huggingface.co does: small files in the commit, large ones in a store before. */
async function withHub(
  answerCreate: () => Response,
  test: (places: Places, taken: Taken, folder: string) => Promise<void>,
): Promise<void> {
  const taken: Taken = { created: [], stored: new Map(), commit: [] };
  const folder = await Deno.makeTempDir();
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { pathname, origin } = new URL(request.url);
    if (request.method === "PUT") {
      taken.stored.set(pathname.slice("/store/".length), await request.bytes());
      return new Response();
    }
    if (request.headers.get("authorization") !== "Bearer hf_secret") {
      return new Response("no", { status: 401 });
    }
    if (pathname === "/api/repos/create") {
      taken.created.push(await request.json());
      return answerCreate();
    }
    if (pathname.endsWith("/preupload/main")) {
      const { files } = await request.json();
      return Response.json({
        files: files.map(({ path }: { path: string }) => ({
          path,
          uploadMode: path.endsWith(".safetensors") ? "lfs" : "regular",
        })),
      });
    }
    if (pathname.endsWith("/info/lfs/objects/batch")) {
      const { objects } = await request.json();
      return Response.json({
        transfer: "basic",
        objects: objects.map((object: { oid: string }) => ({
          ...object,
          actions: { upload: { href: `${origin}/store/${object.oid}` } },
        })),
      });
    }
    taken.commit = (await request.text()).split("\n").map((line) => JSON.parse(line));
    return Response.json({ commitOid: "1".repeat(40), commitUrl: `${origin}/commit` });
  });
  const hub = `http://127.0.0.1:${(server.addr as Deno.NetAddr).port}`;
  try {
    await Deno.writeTextFile(`${folder}/README.md`, "# a card");
    await Deno.writeFile(`${folder}/model.safetensors`, Uint8Array.of(1, 2, 3));
    await test({ ...placesIn(folder), hub, token: "hf_secret" }, taken, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const names = ["README.md", "model.safetensors"];
const made = () => Response.json({ url: "x", id: "me/films" });

Deno.test("a folder becomes one commit: small files in it, large ones in the store; a new repository is private", async () => {
  for (const answer of [made, () => new Response("there", { status: 409 })]) {
    await withHub(answer, async (places, taken, folder) => {
      assertEquals(await pushFolder("me/films", folder, names, places), `${places.hub}/me/films`);
      const [{ name, organization, visibility, type }] = taken.created as Record<string, string>[];
      assertEquals([name, organization, visibility, type], ["films", "me", "private", "model"]);
      const oid = sha256(Uint8Array.of(1, 2, 3));
      assertEquals(taken.stored, new Map([[oid, Uint8Array.of(1, 2, 3)]]));
      const [header, ...files] = taken.commit;
      assertEquals(header.key, "header");
      const byPath = new Map(files.map((line) => [line.value.path, line]));
      assertEquals(atob(byPath.get("README.md")!.value.content!), "# a card");
      assertEquals(byPath.get("model.safetensors")!.value.oid, oid);
    });
  }
});

Deno.test("without a token, with a wrong one or a wrong name nothing is pushed, and the sentence says what helps", async () => {
  await withHub(made, async (places, taken, folder) => {
    const refused = async (repo: string, changes: Partial<Places>, why: string) => {
      const error = await assertRejects(
        () => pushFolder(repo, folder, names, { ...places, ...changes }),
        OnesheetError,
        why,
      );
      assert(!error.message.includes("secret") && !error.message.includes("wrong"));
    };
    await refused("me/films", { token: undefined }, "found none; set HF_TOKEN");
    await refused(
      "me/films",
      { token: "hf_wrong" },
      "it answered 401; set HF_TOKEN to a token of an account that may write",
    );
    await refused("me/films", { token: "wrong" }, "found something else; set HF_TOKEN");
    await refused("films", {}, 'Cannot push to "films": expected a name such as owner/model');
    await refused("me/films", { offline: true }, "HF_HUB_OFFLINE is set");
    await refused("me/films", { hub: "http://127.0.0.1:9" }, "check the network and HF_ENDPOINT");
    assertEquals(taken.commit, []);
  });
});
