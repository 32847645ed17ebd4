/** `export --push` and `push`, on a hub of the tests' own. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { exists } from "../../src/train/run.ts";
import { TOKEN, withPushHub } from "../data/push_hub.ts";
import { trainSmall, withPlace } from "./command_line.ts";

const asHub = ["--to", "safetensors", "--push", "me/films"];

Deno.test("what a push needs is checked before anything is written or sent", async () => {
  await withPlace((place) =>
    withPushHub(async ({ places, taken }) => {
      await trainSmall(place, "--max-steps", "1");
      const env = { HF_ENDPOINT: places.hub, HF_TOKEN: TOKEN };
      const refused = async (says: string, args: string[], more: Record<string, string> = {}) => {
        const said = await place.say(["export", "run", ...args], { ...env, ...more });
        assertEquals([said.code, said.stdout], [2, ""], said.stderr);
        assertStringIncludes(said.stderr, says);
      };
      await refused("found none; set HF_TOKEN", asHub, { HF_TOKEN: "" });
      await refused("HF_HUB_OFFLINE is set", asHub, { HF_HUB_OFFLINE: "1" });
      await refused("expected a name such as owner/model", ["--to", "safetensors", "--push", "films"]);
      await refused("Cannot use --push without --to safetensors", ["--to", "tfjs", "--push", "me/films"]);
      for (const option of [["--public"], ["--revision", "v2"], ["--message", "x"]]) {
        await refused(`Cannot use ${option[0]} without --push`, ["--to", "safetensors", ...option]);
      }
      assertEquals([taken.asked, await exists(`${place.folder}/run/safetensors`)], [[], false]);
    })
  );
});

Deno.test("a push that the hub refuses is repeated alone, with the folder as it is by then", async () => {
  await withPlace(async (place) => {
    await trainSmall(place, "--max-steps", "1");
    const folder = `${place.folder}/run/safetensors`, full = "Storage limit reached";
    await withPushHub(async ({ places }) => {
      const env = { HF_ENDPOINT: places.hub, HF_TOKEN: TOKEN };
      const said = await place.say(["export", "run", ...asHub], env);
      assertEquals([said.code, said.stdout], [1, ""]);
      assertStringIncludes(
        said.stderr,
        `answered 403: ${full}; "${folder}" is written; \`deno task push "${folder}" me/films\` tries again\n`,
      );
      const again = await place.say(["export", "run", ...asHub], env);
      assertEquals(again.code, 2);
      assertStringIncludes(again.stderr, `or put it on the hub by \`deno task push "${folder}" me/films\``);
    }, {
      hub: (_, path) =>
        path.endsWith("/objects/batch") ? Response.json({ error: full }, { status: 403 }) : undefined,
    });
    await Deno.writeTextFile(`${folder}/README.md`, "# my card");
    await Deno.writeTextFile(`${folder}/LICENSE`, "MIT");
    await Deno.writeTextFile(`${folder}/.DS_Store`, "no");
    await withPushHub(async ({ places, taken }) => {
      const env = { HF_ENDPOINT: places.hub, HF_TOKEN: TOKEN };
      const args = ["push", "run/safetensors", "me/films", "--public", "--message", "Better", "--json"];
      const { stdout } = await place.done(args, env);
      const { files, page } = JSON.parse(stdout);
      assertEquals([page, taken.created[0].visibility], [`${places.hub}/me/films`, "public"]);
      const [header, ...lines] = taken.commits[0].lines;
      assertEquals([header.value.summary, lines.map(({ value }) => value.path).sort()], ["Better", files]);
      assertEquals([files.includes("LICENSE"), files.includes(".DS_Store")], [true, false]);
      const card = lines.find(({ value }) => value.path === "README.md")!;
      assertEquals(atob(card.value.content!), "# my card");
    });
  });
});

Deno.test("what export did not write is not pushed", async () => {
  await withPlace(({ say, folder }) =>
    withPushHub(async ({ places, taken }) => {
      await Deno.mkdir(`${folder}/other`);
      await Deno.writeTextFile(`${folder}/file`, "");
      for (const [path, found] of [["gone", "none"], ["other", "another folder"], ["file", "a file"]]) {
        const said = await say(["push", path, "me/films"], { HF_ENDPOINT: places.hub, HF_TOKEN: TOKEN });
        assertEquals(said, {
          code: 2,
          stdout: "",
          stderr:
            `Cannot push "${folder}/${path}": expected a folder that export --to safetensors wrote, found ${found}\n`,
        });
      }
      assertEquals(taken.asked, []);
    })
  );
});
