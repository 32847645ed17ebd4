import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { writeFiles } from "../../src/cli/exporting.ts";
import { libraryFiles, nativeTest } from "../engine/native.ts";
import { trainSmall, withPlace } from "./command_line.ts";

const listed = (folder: string): string[] => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

Deno.test("a run becomes a folder as the hub has them: the best weights, vocabulary, labels and a card", async () => {
  await withPlace(async (place) => {
    const { done, say, folder } = place;
    await trainSmall(place, "--epochs", "1");
    const { stdout } = await done(["export", "run", "--to", "safetensors", "--json"]);
    const { folder: out, files } = JSON.parse(stdout);
    assertEquals([out, files], [`${folder}/run/safetensors`, listed(out)]);
    assertEquals(files, [
      ...["README.md", "config.json", "model.safetensors", "preprocessor_config.json"],
      ...["tokenizer.json", "tokenizer_config.json"],
    ]);
    assertEquals(
      await Deno.readFile(`${out}/model.safetensors`),
      await Deno.readFile(`${folder}/run/best.safetensors`),
    );
    const { id2label, recipe } = JSON.parse(await Deno.readTextFile(`${out}/config.json`));
    assertEquals([Object.keys(id2label).length, id2label[0], recipe.name], [8, "adventure", "quickstart"]);
    const [metrics] = (await Deno.readTextFile(`${folder}/run/metrics.jsonl`)).split("\n");
    assertStringIncludes(
      await Deno.readTextFile(`${out}/README.md`),
      `| ${JSON.parse(metrics).macro_f1.toFixed(4)} |`,
    );

    const refused = async (args: readonly string[], sentence: string) => {
      const said = await say(["export", "run", ...args]);
      assertEquals(said.code, 2);
      assertStringIncludes(said.stderr, sentence);
    };
    await refused(["--to", "safetensors"], "it is there already; name another by --out");
    await refused(["--to", "onnx"], "savedmodel, tfjs, safetensors");
    await refused([], "Cannot export: expected --to savedmodel, tfjs or safetensors");
    await refused(["--to", "tfjs", "--batch", "0"], "expected a whole number, 1 or more");
    await refused(["--to", "safetensors", "--batch", "2", "--out", "x"], "parameters have no batch");
    await refused(["--to", "tfjs", "--license", "mit"], "Cannot use --license without --to safetensors");
    await refused(["--to", "safetensors", "--license", "My own"], "expected the hub's name for one");
    await refused(["--to", "tfjs", "--push", "me/films"], "Cannot use --push without --to safetensors");
    await refused(["--to", "safetensors", "--push", "me/films", "--out", "y"], "found none; set HF_TOKEN");
    assertEquals(listed(`${folder}/run`).includes("tfjs"), false);
  });
});

nativeTest("a run becomes a SavedModel and a graph model, for as many rows as asked", async () => {
  await withPlace(async (place) => {
    await trainSmall(place, "--max-steps", "1");
    const env = { ONESHEET_TENSORFLOW: libraryFiles!.folder };
    await place.done(["export", "run", "--to", "savedmodel"], env);
    assertEquals(listed(`${place.folder}/run/savedmodel`), [
      "config.json",
      "saved_model.pb",
      "tokenizer.json",
    ]);
    await place.done(["export", "run", "--to", "tfjs", "--batch", "4", "--out", "web"], env);
    const { signature, weightsManifest } = JSON.parse(
      await Deno.readTextFile(`${place.folder}/web/model.json`),
    );
    assertEquals(signature.outputs.probabilities.tensorShape, { dim: [{ size: "4" }, { size: "8" }] });
    const bytes = weightsManifest[0].weights.reduce(
      (sum: number, { shape }: { shape: number[] }) => sum + 4 * shape.reduce((n, d) => n * d, 1),
      0,
    );
    assertEquals((await Deno.stat(`${place.folder}/web/weights.bin`)).size, bytes);
  });
});

Deno.test("an export that fails leaves nothing", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const files = { "config.json": "{}", "model.safetensors": { copyOf: `${folder}/missing` } };
    const error = await assertRejects(() => writeFiles(`${folder}/out`, files), OnesheetError);
    assertMatch(error.message, /^Cannot export to ".*out": .*; nothing was written$/);
    assertEquals(listed(folder), []);
    await writeFiles(`${folder}/a/out`, { "config.json": "{}" });
    assertEquals(listed(`${folder}/a/out`), ["config.json"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
