/** Training by the real command: what a run folder gets, and what is refused before there is one. */
import { parquetWriteBuffer } from "hyparquet-writer";
import { assert, assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import { openSafetensors } from "../../src/store/safetensors.ts";
import { exists, readMetrics } from "../../src/train/run.ts";
import { hubRow, parquetOf, png } from "../data/parquet_files.ts";
import { inProject, type Place, quickstart, small, trainSmall, withPlace } from "./command_line.ts";

/** Files below a folder, by their path in it. */
const filesIn = (folder: string, prefix = ""): string[] =>
  [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesIn(`${folder}/${name}`, `${prefix}${name}/`) : [prefix + name]
  ).sort();

Deno.test("a run has its folder of files, a line an epoch, and ends with the scores of the best", async () => {
  await withPlace(async (place) => {
    const { stdout, stderr } = await trainSmall(place, "--epochs", "2");
    const run = `${place.folder}/run`;
    assertEquals(filesIn(run), [
      "best.safetensors",
      "curves.svg",
      "labels.json",
      "last/optimizer.safetensors",
      "last/state.json",
      "last/weights.safetensors",
      "metrics.jsonl",
      "reader/tokenizer.json",
      "recipe.json",
    ]);
    const rows = await readMetrics(run);
    const best = rows.findLast((row) => row.best)!;
    assertMatch(
      stderr,
      /^quickstart on tfjs .* \(portable: as asked\)\n48 training rows, 12 validation rows, 8 labels\n/,
    );
    assertEquals(stderr.match(/^epoch \d  .*$/gm)?.length, 2);
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

/** Writes files for a refused run to be about; gives its arguments. */
type Prepare = (place: Place) => Promise<readonly string[]> | readonly string[];

/** What is refused: arguments, exit code, and the sentence with the place's folder as `HERE`. */
const refusals:
  readonly (readonly [what: string, prepare: Prepare, code: number, sentence: string | RegExp])[] = [
    [
      "a setting that is not there",
      () => ["--set", "loss.alhpa=1"],
      2,
      /^Cannot set "loss\.alhpa": .*did you mean "loss\.alpha"\?$/,
    ],
    [
      "a setting of another type",
      () => ["--set", "epochs=many"],
      2,
      'Cannot set "epochs": expected a number such as 24, found "many"',
    ],
    [
      "a setting without a value",
      () => ["--set", "epochs"],
      2,
      'Cannot set "epochs": expected path=value, such as batchSize=8',
    ],
    [
      "a freeze pattern that matches nothing",
      () => ["--set", `freeze=[{"freeze":"imagee"}]`],
      1,
      'Cannot apply the freeze pattern "imagee": no parameter matches it; did you mean "image"?',
    ],
    [
      "a data folder that is not there",
      () => ["--data", "gone"],
      2,
      'Cannot open the data "HERE/gone": expected a folder, found none',
    ],
    [
      "a data folder without parquet files",
      () => ["--data", "."],
      1,
      'Cannot open the data "HERE": expected parquet files in it or in its folder "data", found none',
    ],
    [
      "a parquet file that is none",
      async ({ folder }) => {
        await Deno.writeTextFile(`${folder}/a.parquet`, "no parquet at all");
        return ["--data", "."];
      },
      1,
      /^Cannot read "HERE\/a\.parquet": expected a whole parquet file, found one that does not read /,
    ],
    [
      "a parquet file without a column that is needed",
      async ({ folder }) => {
        const columnData = [{ name: "messages", data: ["a"] }, { name: "poster", data: ["b"] }];
        await Deno.writeFile(`${folder}/a.parquet`, new Uint8Array(parquetWriteBuffer({ columnData })));
        return ["--data", "."];
      },
      1,
      'Cannot read "HERE/a.parquet": expected a column "images", found messages, poster',
    ],
    [
      "data with other labels than the model tells apart",
      async ({ folder }) => {
        const rows = Array.from(
          { length: 20 },
          (_, i) => hubRow(`Film ${i}.`, i % 2 ? "War" : "Drama, News", png(5, 7, [9, 9, 9])),
        );
        await Deno.writeFile(`${folder}/a.parquet`, parquetOf(rows));
        await Deno.writeTextFile(`${folder}/vocab.txt`, "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nfilm\n");
        return ["--data", "."];
      },
      1,
      'Cannot use this data with "quickstart": its model tells 8 labels apart, the data has 3 (drama, news, war, …); ' +
      "change `labels` in the recipe",
    ],
    [
      "fewer rows than a batch",
      () => ["--limit", "9"],
      2,
      "Cannot fill a batch of 16 rows: found 9; use more rows or a smaller batch size",
    ],
    [
      "a weights file that is not there",
      () => ["--weights", "gone.safetensors"],
      1,
      'Cannot read "HERE/gone.safetensors": no such file',
    ],
    [
      "a weights file that is none",
      async ({ folder }) => {
        await Deno.writeTextFile(`${folder}/w.safetensors`, "no weights at all");
        return ["--weights", "w.safetensors"];
      },
      1,
      /^Cannot read "HERE\/w\.safetensors": expected a safetensors header /,
    ],
    ["options of a plan without one", () => ["--json"], 2, "Cannot use --json without --plan"],
  ];

for (const [what, prepare, code, sentence] of refusals) {
  Deno.test(`${what}: one sentence, exit code ${code}, no run folder`, async () => {
    await withPlace(async (place) => {
      const { folder, say } = place;
      const args = [
        "train",
        quickstart,
        "--engine",
        "portable",
        ...small,
        "--run",
        "run",
        ...await prepare(place),
      ];
      const said = await say(args);
      const last = said.stderr.trimEnd().split("\n").at(-1)!.replaceAll(folder, "HERE");
      if (typeof sentence === "string") assertEquals(last, sentence);
      else assertMatch(last, sentence);
      assertEquals([said.code, said.stdout, await exists(`${folder}/run`)], [code, "", false]);
    });
  });
}

Deno.test("weights of another shape are refused by name and shapes, before there is a run folder", async () => {
  await withPlace(async (place) => {
    await trainSmall(place, "--epochs", "1");
    await Deno.writeTextFile(
      `${place.folder}/wide.ts`,
      `import { conv2d, linear, meanPool, recipe } from ${JSON.stringify(inProject("mod.ts"))};
       import quickstart from ${JSON.stringify(quickstart)};
       const model = ({ image }, at) =>
         linear(8)(meanPool()(conv2d(24, 3)(image, at("image")("stage1")("conv")), at("pool")), at("head"));
       export default recipe({ ...quickstart, model });`,
    );
    const args = ["train", "wide.ts", "--engine", "portable", ...small, "--weights", "run/best.safetensors"];
    const said = await place.say([...args, "--run", "wide"]);
    assertEquals([said.code, said.stdout], [1, ""]);
    assertMatch(
      said.stderr,
      /\nCannot load "image\.stage1\.conv\.weight": expected \[24, 3, 3, 3\], found \[16, 3, 3, 3\].*\n$/,
    );
    assertEquals(await exists(`${place.folder}/wide`), false);
  });
});

Deno.test("a folder that holds a run is refused at once, and stays as it is", async () => {
  await withPlace(async (place) => {
    await trainSmall(place, "--epochs", "1");
    const metrics = await Deno.readTextFile(`${place.folder}/run/metrics.jsonl`);
    const said = await place.say([
      "train",
      quickstart,
      "--engine",
      "portable",
      "--data",
      "gone",
      "--run",
      "run",
    ]);
    assertEquals([said.code, said.stdout], [2, ""]);
    assertStringIncludes(
      said.stderr,
      `Cannot start a run in "${place.folder}/run": it already holds one; use --resume to go on with it, or another --run\n`,
    );
    assertEquals(await Deno.readTextFile(`${place.folder}/run/metrics.jsonl`), metrics);
  });
});

Deno.test("the tensorflow engine is refused where it is not set up; auto does without it", async () => {
  await withPlace(async ({ say, folder }) => {
    const said = await say(["train", quickstart, "--engine", "tensorflow", "--run", "run"]);
    assertEquals(said, {
      code: 1,
      stdout: "",
      stderr: "Cannot use the tensorflow engine: libtensorflow is not set up; run `deno task setup`, " +
        "or use --engine portable\n",
    });
    assertEquals([...Deno.readDirSync(folder)], []);
    const auto = await say(["train", quickstart, "--data", "gone", "--run", "run"]);
    assertMatch(
      auto.stderr,
      /^quickstart on tfjs .*\(portable: libtensorflow is not set up; `deno task setup` fetches it\)\n/,
    );
  });
});

Deno.test("a data set and weights of a hub that is out of reach are refused in a sentence", async () => {
  await withPlace(async (place) => {
    const { say, folder } = place;
    const mmimdb = ["train", inProject("recipes/mmimdb.ts"), "--engine", "portable", "--run", "run"];
    const unreachable =
      "http://127.0.0.1:9 does not answer; check the network and HF_ENDPOINT, or use local files\n";
    const data = await say(mmimdb);
    assertEquals([data.code, data.stdout], [1, ""]);
    assertStringIncludes(
      data.stderr,
      "\nwarning: 174 million parameters are far too many for the portable engine",
    );
    assert(data.stderr.endsWith(`\nCannot fetch the data set sxj1215/mmimdb: ${unreachable}`), data.stderr);
    assertEquals(await exists(`${folder}/run`), false);

    const own = await hubRecipe(place);
    const weights = await say(["train", own, "--engine", "portable", ...small, "--run", "run"]);
    assertEquals([weights.code, weights.stdout], [1, ""]);
    assert(
      weights.stderr.endsWith(`\nCannot fetch "model.safetensors" of owner/net: ${unreachable}`),
      weights.stderr,
    );
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
    const kept = `${folder}/cache/hub/models--owner--net`;
    await Deno.mkdir(kept, { recursive: true });
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
