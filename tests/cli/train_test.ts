/** Training by the real command. */
import { assert, assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import { openSafetensors } from "../../src/store/safetensors.ts";
import { exists, readMetrics } from "../../src/train/run.ts";
import { inProject, type Place, quickstart, small, trainSmall, withPlace } from "./command_line.ts";

/** Files below a folder, by their path in it. */
const filesIn = (folder: string, prefix = ""): string[] =>
  [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesIn(`${folder}/${name}`, `${prefix}${name}/`) : [prefix + name]
  ).sort();

const filesOfCheckpoint = ["SHA256SUMS", "optimizer.safetensors", "state.json", "weights.safetensors"];

Deno.test("a run has its folder of files, a line an epoch, and ends with the scores of the best", async () => {
  await withPlace(async (place) => {
    const { stdout, stderr } = await trainSmall(place, "--epochs", "2");
    const run = `${place.folder}/run`;
    assertEquals(filesIn(run), [
      "SHA256SUMS",
      "best.safetensors",
      "curves.png",
      "curves.svg",
      "events/events.out.tfevents.0000000001.onesheet",
      "examples.json",
      "labels.json",
      ...filesOfCheckpoint.map((name) => `last/${name}`),
      "machine.json",
      "metrics.jsonl",
      ...filesOfCheckpoint.map((name) => `previous/${name}`),
      "reader/tokenizer.json",
      "recipe.json",
      "report.html",
      "split.jsonl",
      "validation.jsonl",
    ]);
    const rows = await readMetrics(run);
    const best = rows.findLast((row) => row.best)!;
    assertMatch(
      stderr,
      /^quickstart on tfjs .* \(portable: as asked\)\n48 training rows, 12 validation rows, 8 labels\n/,
    );
    assertEquals(stderr.match(/^epoch \d {2}.*$/gm)?.length, 2);
    assertStringIncludes(stdout, "adventure");
    const row = [best.epoch, ...[
      best.macro_f1,
      best.micro_f1,
      best.weighted_f1,
      best.samples_f1,
      best.val_loss,
    ]];
    const shown = row.map((x, i) => i === 0 ? `${x}` : x.toFixed(4));
    assert(stdout.split("\n").some((line) => line.trim().split(/\s+/).join() === shown.join()), stdout);
    assertStringIncludes(stdout, `\nrun folder: ${run}\n`);
    assertMatch(await Deno.readTextFile(`${run}/curves.svg`), /^<svg .*<\/svg>\n$/s);
    assertEquals(JSON.parse(await Deno.readTextFile(`${run}/labels.json`)).length, 8);
  });
});

Deno.test("two commands of one recipe make the same weights and metrics", async () => {
  await withPlace(async (place) => {
    const bytes = async () => {
      const run = `${place.folder}/run`;
      const [best] = [await Deno.readFile(`${run}/best.safetensors`)];
      const rows = (await readMetrics(run)).map(({ seconds: _, ...row }) => row);
      await Deno.remove(run, { recursive: true });
      return [best, rows];
    };
    await trainSmall(place, "--epochs", "1");
    const first = await bytes();
    await trainSmall(place, "--epochs", "1");
    assertEquals(await bytes(), first);
    await trainSmall(place, "--epochs", "1", "--seed", "2");
    assertNotEquals(await bytes(), first);
  });
});

Deno.test("a step limit evaluates what there is and can be gone on from", async () => {
  await withPlace(async (place) => {
    const { stdout } = await trainSmall(place, "--epochs", "2", "--max-steps", "2");
    assertStringIncludes(stdout, "step limit reached");
    const { stdout: end, stderr } = await place.done([
      "train",
      quickstart,
      "--resume",
      "--run",
      "run",
      "--engine",
      "portable",
    ]);
    assertStringIncludes(stderr, "going on after step 2, in epoch 1\n");
    assertStringIncludes(end, "all epochs done");
    assertEquals((await readMetrics(`${place.folder}/run`)).map(({ step, partial }) => [step, partial]), [
      [3, undefined],
      [6, undefined],
    ]);
  });
});

Deno.test("a data set and weights of a hub that is out of reach are refused in a sentence", async () => {
  await withPlace(async (place) => {
    const { say, folder } = place;
    const mmimdb = ["train", inProject("recipes/mmimdb.ts"), "--engine", "portable", "--run", "run"];
    const unreachable =
      /: http:\/\/127\.0\.0\.1:9 is out of reach \(.*\); check the network and HF_ENDPOINT, or use local files\n$/;
    const data = await say(mmimdb);
    assertEquals([data.code, data.stdout], [1, ""]);
    assertStringIncludes(
      data.stderr,
      "\nwarning: 174 million parameters are far too many for the portable engine",
    );
    assertStringIncludes(data.stderr, "\nCannot fetch the data set sxj1215/mmimdb: ");
    assertMatch(data.stderr, unreachable);
    assertEquals(await exists(`${folder}/run`), false);

    const own = await hubRecipe(place);
    const weights = await say(["train", own, "--engine", "portable", ...small, "--run", "run"]);
    assertEquals([weights.code, weights.stdout], [1, ""]);
    assertStringIncludes(weights.stderr, '\nCannot fetch "model.safetensors" of owner/net: ');
    assertMatch(weights.stderr, unreachable);
    assertEquals(await exists(`${folder}/run`), false);
    await place.done([
      "train",
      own,
      "--engine",
      "portable",
      ...small,
      "--weights",
      "random",
      "--max-steps",
      "0",
      "--run",
      "run",
    ]);
  });
});

/** A quickstart whose image tower starts from a hub repository; its file. */
async function hubRecipe({ folder }: Place): Promise<string> {
  await Deno.writeTextFile(
    `${folder}/own.ts`,
    `import { hub, recipe } from ${JSON.stringify(inProject("mod.ts"))};
     import quickstart from ${JSON.stringify(quickstart)};
     const rename = (name) => name.startsWith("image.") ? name.slice(6) : undefined;
     export default recipe({ ...quickstart, weights: [hub("owner/net", { under: "image", rename })] });`,
  );
  return "own.ts";
}

Deno.test("pretrained weights go into their module, the rest starts at random", async () => {
  await withPlace(async (place) => {
    const { folder, done } = place;
    await trainSmall(place, "--epochs", "1", "--seed", "9");
    const repository = `${folder}/cache/hub/models--owner--net`, commit = "0".repeat(40);
    const kept = `${repository}/snapshots/${commit}`;
    await Deno.mkdir(kept, { recursive: true });
    await Deno.mkdir(`${repository}/refs`);
    await Deno.writeTextFile(`${repository}/refs/main`, commit);
    await Deno.copyFile(`${folder}/run/best.safetensors`, `${kept}/model.safetensors`);
    const args = [...small, "--engine", "portable", "--max-steps", "0"];
    const { stderr } = await done(["train", await hubRecipe(place), ...args, "--run", "pretrained"]);
    assertStringIncludes(stderr, "weights of image: owner/net, 18 of 18 loaded\n");
    await done(["train", quickstart, ...args, "--run", "random"]);

    const weights = (run: string) => openSafetensors(`${folder}/${run}/last/weights.safetensors`);
    using pretrained = await weights("pretrained");
    using random = await weights("random");
    using trained = await openSafetensors(`${kept}/model.safetensors`);
    for (const name of pretrained.entries.keys()) {
      const from = name.startsWith("image.") ? trained : random;
      assertEquals(await pretrained.read(name), await from.read(name), name);
    }
    assertEquals(JSON.parse(await Deno.readTextFile(`${folder}/pretrained/recipe.json`)).weights, "hub");
  });
});
