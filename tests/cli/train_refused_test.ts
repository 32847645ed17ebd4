/** What `train` refuses: a sentence, an exit code, and no run folder. */
import { parquetWriteBuffer } from "hyparquet-writer";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { temporaryName } from "../../src/base/files.ts";
import { exists } from "../../src/train/run.ts";
import { hubRow, parquetOf, png } from "../data/parquet_files.ts";
import { namesIn } from "../train/checkpointed.ts";
import { inProject, type Place, quickstart, small, trainSmall, withPlace } from "./command_line.ts";

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
      2,
      'Cannot open the data "HERE": expected parquet files in it or in its folder "data", found none',
    ],
    [
      "a parquet file that is none",
      async ({ folder }) => {
        await Deno.writeTextFile(`${folder}/a.parquet`, "no parquet at all");
        return ["--data", "."];
      },
      1,
      /^Cannot read "HERE\/a\.parquet": expected a parquet file, found other content$/,
    ],
    [
      "a parquet file without a column that is needed",
      async ({ folder }) => {
        const columnData = [{ name: "messages", data: ["a"] }, { name: "poster", data: ["b"] }];
        await Deno.writeFile(`${folder}/a.parquet`, new Uint8Array(parquetWriteBuffer({ columnData })));
        return ["--data", "."];
      },
      2,
      'Cannot read "HERE/a.parquet": expected a column "images", found messages, poster',
    ],
    [
      "data with other labels than the recipe states",
      async ({ folder }) => {
        const rows = Array.from(
          { length: 20 },
          (_, i) => hubRow(`Film ${i}.`, i % 2 ? "War" : "Drama, News", png(5, 7, [9, 9, 9])),
        );
        await Deno.writeFile(`${folder}/a.parquet`, parquetOf(rows));
        await Deno.writeTextFile(`${folder}/vocab.txt`, "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nfilm\n");
        return ["--data", ".", "--set", "labels=8"];
      },
      1,
      'Cannot use this data with "quickstart": expected the 8 labels that the recipe states, found 3 (drama, news, war); ' +
      "use --set labels=3, or leave `labels` out of the recipe",
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
      2,
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
    [
      "a weights folder without weights",
      async ({ folder }) => {
        await Deno.mkdir(`${folder}/empty`);
        return ["--weights", "empty"];
      },
      2,
      /^Cannot load pretrained weights from "HERE\/empty": .*found none$/,
    ],
    [
      "a run folder below a file",
      async ({ folder }) => {
        await Deno.writeTextFile(`${folder}/file`, "");
        return ["--run", "file/run"];
      },
      2,
      /^Cannot use the run folder "HERE\/file\/run": expected a folder that can be written to, found /,
    ],
    [
      "no rows",
      () => ["--limit", "0"],
      2,
      'Cannot use "--limit": expected a whole number, 1 or more, found "0"; write --limit=N',
    ],
    ["options of a plan without one", () => ["--svg", "x.svg"], 2, "Cannot use --svg without --plan"],
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
    for (const name of ["thesis", "last"]) await Deno.mkdir(temporaryName(`${place.folder}/run/${name}`));
    const before = namesIn(`${place.folder}/run`);
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
    assertEquals(namesIn(`${place.folder}/run`), before);
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

Deno.test("a cache folder that cannot be written to is a sentence that names ONESHEET_CACHE", async () => {
  await withPlace(async ({ say, folder }) => {
    await Deno.writeTextFile(`${folder}/full`, "");
    const args = ["train", quickstart, "--engine", "portable", ...small, "--run", "run"];
    const said = await say(args, { ONESHEET_CACHE: `${folder}/full/cache` });
    assertEquals([said.code, said.stdout, namesIn(folder)], [1, "", ["full"]]);
    assertMatch(
      said.stderr,
      /\nCannot write the drawn films into the cache folder "[^"]+\/full\/cache\/drawn-60-1": .*; set ONESHEET_CACHE to a folder that can be written to and has room\n$/,
    );
  });
});
