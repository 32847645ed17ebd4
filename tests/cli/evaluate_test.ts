import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readMetrics } from "../../src/train/run.ts";
import { hubRow, parquetOf, png } from "../data/parquet_files.ts";
import { quickstart, small, trainSmall, withPlace } from "./command_line.ts";

const json = ["--engine", "portable", "--json"];

/** A data set of twenty films with these genres. */
const films = (genres: readonly string[]) =>
  parquetOf(
    Array.from(
      { length: 20 },
      (_, i) => hubRow(`Film ${i}.`, genres[i % genres.length], png(5, 7, [9, 9, 9])),
    ),
  );

Deno.test("a run's best weights score exactly what its best epoch did", async () => {
  await withPlace(async (place) => {
    const { folder, done } = place;
    await trainSmall(place, "--epochs", "3", "--set", "stop.minDelta=2"); // the first epoch stays the best
    const rows = await readMetrics(`${folder}/run`);
    assertEquals(rows.map(({ best }) => best), [true, false, false]);
    const before = [...Deno.readDirSync(`${folder}/run`)].map(({ name }) => name);

    const found = JSON.parse((await done(["evaluate", "run", ...json])).stdout);
    const { val_loss, macro_f1, micro_f1, weighted_f1, samples_f1, per_label } = rows[0];
    const expected = {
      ...{
        loss: val_loss,
        macroF1: macro_f1,
        microF1: micro_f1,
        weightedF1: weighted_f1,
        samplesF1: samples_f1,
      },
      perLabel: per_label,
    };
    assertEquals(found, expected);
    assertEquals([...Deno.readDirSync(`${folder}/run`)].map(({ name }) => name), before);

    // The same weights given to the recipe, and others given to the run.
    const recipe = ["evaluate", quickstart, ...small, "--weights", "run/best.safetensors", ...json];
    assertEquals(JSON.parse((await done(recipe)).stdout), expected);
    const last = JSON.parse(
      (await done(["evaluate", "run", "--weights", "run/last/weights.safetensors", ...json])).stdout,
    );
    assertEquals([last.loss, last.macroF1], [rows[2].val_loss, rows[2].macro_f1]);
  });
});

Deno.test("a run is evaluated on the rows it had, or on as many as are asked for", async () => {
  await withPlace(async (place) => {
    const { folder, done } = place;
    await trainSmall(place, "--epochs", "1", "--limit", "16", "--set", "data.validation=0.5");
    const [row] = await readMetrics(`${folder}/run`);
    assertEquals(row.per_label.reduce((sum, { support }) => Math.max(sum, support), 0) <= 16, true);
    const own = JSON.parse((await done(["evaluate", "run", ...json])).stdout);
    assertEquals([own.loss, own.perLabel], [row.val_loss, row.per_label]);
    const one = JSON.parse((await done(["evaluate", "run", "--limit", "1", ...json])).stdout);
    assert(one.perLabel.every(({ support }: { support: number }) => support <= 1));
  });
});

Deno.test("a person gets a table by label and the scores", async () => {
  await withPlace(async (place) => {
    await trainSmall(place, "--epochs", "1");
    const [row] = await readMetrics(`${place.folder}/run`);
    const { stdout } = await place.done(["evaluate", "run", "--engine", "portable"]);
    const lines = stdout.trimEnd().split("\n");
    assertMatch(lines[0], /^label +precision +recall +F1 +support$/);
    assertEquals(lines.length, 2 + 8 + 1 + 3);
    const scores = [row.macro_f1, row.micro_f1, row.weighted_f1, row.samples_f1, row.val_loss];
    assertEquals(lines.at(-1)!.trim().split(/\s+/), scores.map((x) => x.toFixed(4)));
  });
});

Deno.test("data with other labels, missing weights and weights that do not fit are refused in a sentence", async () => {
  await withPlace(async (place) => {
    const { folder, say } = place;
    await trainSmall(place, "--epochs", "1");
    await Deno.mkdir(`${folder}/two`);
    await Deno.writeFile(`${folder}/two/a.parquet`, films(["War", "Drama"]));
    await Deno.mkdir(`${folder}/eight`);
    const eight = ["A", "B", "C", "D", "E", "F", "G", "H"];
    await Deno.writeFile(`${folder}/eight/a.parquet`, films(eight));

    const refused = async (args: string[], sentence: string, code = 1) => {
      const said = await say(["evaluate", ...args, "--engine", "portable"]);
      assertEquals([said.code, said.stdout], [code, ""]);
      assertEquals(said.stderr.trimEnd().split("\n").at(-1)!.replaceAll(folder, "HERE"), sentence);
    };
    const bare = await say(["evaluate", quickstart]);
    assertEquals([bare.code, bare.stdout], [2, ""]);
    assertStringIncludes(bare.stderr, "a recipe has no trained weights of its own; give --weights FILE");
    const own = "adventure, comedy, horror, musical, mystery, romance, sci-fi, western";
    for (const [folder, unknown] of [["two", "drama, war"], ["eight", "a, b, c, d, e, f, g, h"]]) {
      await refused(
        ["run", "--data", folder],
        `Cannot use this data with the run "HERE/run": expected the labels ${own}, found also ${unknown}, the first ` +
          "in row 0; take such rows out, or start another run",
      );
    }
    await refused(
      ["run", "--weights", "none.safetensors"],
      'Cannot read "HERE/none.safetensors": no such file',
      2,
    );
    await refused(
      ["run", "--weights", "run/last/optimizer.safetensors"],
      'Cannot load "HERE/run/last/optimizer.safetensors": expected names such as ' +
        '"image.stage1.conv.weight" (nearest: "mean/image.stage1.conv.weight"), found ' +
        '"mean/attention.in_proj_bias" (nearest: "attention.in_proj_bias"); use weights of this kind of model, or a ' +
        "rename from the file's names",
    );
    await Deno.remove(`${folder}/run/best.safetensors`);
    await refused(
      ["run"],
      'Cannot use the run "HERE/run": expected best.safetensors, found none; continue the run by --resume until an epoch is evaluated, or put the file back',
    );
  });
});

Deno.test("a run is evaluated with the vocabulary it kept, whatever the data folder has by now", async () => {
  await withPlace(async (place) => {
    const { folder, done } = place;
    await trainSmall(place, "--epochs", "1");
    const [row] = await readMetrics(`${folder}/run`);
    const drawn = `${folder}/cache/drawn-60-1`;
    const words = (await Deno.readTextFile(`${drawn}/vocab.txt`)).trimEnd().split("\n");
    await Deno.writeTextFile(
      `${drawn}/vocab.txt`,
      [...words.slice(0, 5), ...words.slice(5).reverse()].join("\n"),
    );
    const found = JSON.parse((await done(["evaluate", "run", ...json])).stdout);
    assertEquals([found.loss, found.macroF1], [row.val_loss, row.macro_f1]);
    const recipe = ["evaluate", quickstart, ...small, "--weights", "run/best.safetensors", ...json];
    const { stdout, stderr } = await done(recipe);
    assert(JSON.parse(stdout).loss !== row.val_loss);
    assertStringIncludes(stderr, `weights: ${folder}/run/best.safetensors\n`);
  });
});
