import { assert, assertAlmostEquals, assertEquals, assertMatch } from "@std/assert";
import { film } from "../../src/data/drawn.ts";
import { trainTestSplit } from "../../src/data/split.ts";
import { type Place, trainSmall, withPlace } from "./command_line.ts";

interface Told {
  readonly label: string;
  readonly probability: number;
}

/** The film in this place of the validation rows, its poster as a file. */
async function validationFilm({ folder }: Place, place: number) {
  const { test } = trainTestSplit(60, { test: 0.2, seed: 1 });
  const { plot, genres, poster, format } = film(1, test[place]);
  const path = `${folder}/poster.${format}`;
  await Deno.writeFile(path, poster);
  return { plot, genres: genres.map((genre) => genre.toLowerCase()), poster: `poster.${format}` };
}

Deno.test("a poster and a plot get the probabilities that the evaluation of their row is made of", async () => {
  await withPlace(async (place) => {
    await trainSmall(place, "--epochs", "2");
    const { plot, genres, poster } = await validationFilm(place, 0);
    const engine = ["--engine", "portable", "--json"];
    const { stdout } = await place.done(["predict", "run", "--poster", poster, "--plot", plot, ...engine]);
    const told: Told[] = JSON.parse(stdout);
    assertEquals(told.length, 8);
    assertEquals(
      told.map(({ probability }) => probability),
      told.map((t) => t.probability).sort((a, b) => b - a),
    );

    const evaluated = JSON.parse((await place.done(["evaluate", "run", "--limit", "1", ...engine])).stdout);
    const perLabel = new Map<string, { support: number; predicted: number }>(
      evaluated.perLabel.map((one: { label: string }) => [one.label, one]),
    );
    for (const { label, probability } of told) {
      assertEquals(perLabel.get(label)!.support, genres.includes(label) ? 1 : 0);
      assertEquals(perLabel.get(label)!.predicted, probability > 0.5 ? 1 : 0);
    }
    // Focal loss with alpha 0.5 and gamma 2 (Lin et al. 2017).
    const loss = told.reduce((sum, { label, probability: p }) => {
      const right = genres.includes(label) ? p : 1 - p;
      return sum - 0.5 * (1 - right) ** 2 * Math.log(right) / told.length;
    }, 0);
    assertAlmostEquals(evaluated.loss, loss, 1e-7);

    const other = await place.done([
      "predict",
      "run",
      "--poster",
      poster,
      "--plot",
      "Quite another story.",
      ...engine,
    ]);
    assert(other.stdout !== stdout, "the plot is looked at");
  });
});

Deno.test("a person gets a table of labels, those over one half marked", async () => {
  await withPlace(async (place) => {
    await trainSmall(place, "--epochs", "1");
    const { plot, poster } = await validationFilm(place, 1);
    const { stdout } = await place.done([
      ...["predict", "run", "--poster", poster, "--plot", plot, "--engine", "portable"],
    ]);
    const [head, , ...rows] = stdout.trimEnd().split("\n");
    assertMatch(head, /^label +probability +over 0\.5$/);
    assertEquals(rows.length, 8);
    for (const row of rows) {
      const [, probability, mark] = row.match(/^[a-z-]+ +(0\.\d{3})( +yes)?$/)!;
      assertEquals(mark !== undefined, Number(probability) > 0.5, row);
    }
  });
});

Deno.test("a missing poster, plot, run or weights file is one sentence", async () => {
  await withPlace(async (place) => {
    const { folder, say } = place;
    await trainSmall(place, "--epochs", "1", "--max-steps", "0");
    const { poster } = await validationFilm(place, 0);
    await Deno.writeTextFile(`${folder}/notes.txt`, "no picture");
    const refused = async (args: string[], code: number, sentence: string | RegExp) => {
      const said = await say(["predict", ...args, "--engine", "portable"]);
      assertEquals([said.code, said.stdout, said.stderr.trimEnd().split("\n").length], [code, "", 1]);
      const told = said.stderr.trimEnd().replaceAll(folder, "HERE");
      if (typeof sentence === "string") assertEquals(told, sentence);
      else assertMatch(told, sentence);
    };
    const neither =
      "Cannot predict: expected --poster FILE and --plot TEXT, or --in FILE with --out FILE and --strict as you like";
    await refused(["run", "--poster", poster, "--plot", "x", "--in", "films.csv"], 2, neither);
    const both = ["--poster", poster, "--plot", "A film."];
    const lacking = "Cannot predict: expected --poster FILE and --plot TEXT, found no --";
    await refused(["run", "--plot", "A film."], 2, `${lacking}poster`);
    await refused(["run", "--poster", poster], 2, `${lacking}plot`);
    await refused(["run"], 2, neither);
    await refused(
      ["gone", ...both],
      2,
      'Cannot read the run "HERE/gone": expected a run folder, found none',
    );
    await refused(
      ["run", "--poster", "gone.jpg", "--plot", "A film."],
      2,
      'Cannot read the poster "gone.jpg": no such file',
    );
    if (Deno.build.os !== "windows") {
      await new Deno.Command("mkfifo", { args: [`${folder}/pipe.jpg`] }).output();
      for (const [image, kind] of [["pipe.jpg", "a named pipe"], ["/dev/zero", "a device"]]) {
        await refused(
          ["run", "--poster", image, "--plot", "A film."],
          2,
          `Cannot read the poster "${image}": expected a regular file, found ${kind}`,
        );
      }
    }
    await refused(
      ["run", "--poster", "notes.txt", "--plot", "A film."],
      1,
      /^Cannot decode this image: expected JPEG, PNG, GIF, WebP, TIFF or AVIF, found 10 bytes /,
    );
    await refused(
      ["run", ...both],
      1,
      'Cannot use the run "HERE/run": expected best.safetensors, found none; continue the run by --resume until an epoch is evaluated, or put the file back',
    );
  });
});

Deno.test("rows of a CSV file, of JSONL and of a folder get the same lines; bad ones are told, counted, or fail", async () => {
  await withPlace(async (place) => {
    const { folder, say, done } = place;
    await trainSmall(place, "--epochs", "1");
    await Deno.mkdir(`${folder}/films`);
    const csv = ["id,poster,plot"], jsonl: string[] = [];
    for (let row = 0; row < 18; row++) {
      const { plot, poster, format } = film(1, row);
      const name = `film${String.fromCharCode(97 + row)}`, file = `films/${name}.${format}`;
      await Deno.writeFile(`${folder}/${file}`, poster);
      await Deno.writeTextFile(`${folder}/films/${name}.txt`, `${plot}\n`);
      csv.push(`${name},${file},"${plot.replaceAll('"', '""')}"`);
      jsonl.push(JSON.stringify({ id: name, poster: file, plot }));
    }
    await Deno.writeTextFile(`${folder}/films.csv`, csv.join("\n"));
    await Deno.writeTextFile(`${folder}/films.jsonl`, jsonl.join("\n"));
    const lines = (text: string) => text.trimEnd().split("\n").map((line) => JSON.parse(line));
    const engine = ["--engine", "portable"];
    const ofCsv = lines((await done(["predict", "run", "--in", "films.csv", ...engine])).stdout);
    assertEquals(ofCsv.map(({ line, id }) => [line, id]).at(-1), [19, "filmr"]);
    await done(["predict", "run", "--in", "films.jsonl", "--out", "out.jsonl", ...engine]);
    const ofJsonl = lines(await Deno.readTextFile(`${folder}/out.jsonl`));
    assertEquals(ofJsonl, ofCsv.map((row) => ({ ...row, line: row.line - 1 })));
    const ofFolder = lines((await done(["predict", "run", "--in", "films", ...engine])).stdout);
    assertEquals(ofFolder.map(({ labels }) => labels), ofCsv.map(({ labels }) => labels));
    const poster = `films/${ofFolder[0].file}`, { plot } = film(1, 0);
    const one = await done(["predict", "run", "--poster", poster, "--plot", plot, "--json", ...engine]);
    const single = new Map<string, number>(JSON.parse(one.stdout).map((t: Told) => [t.label, t.probability]));
    for (const { label, probability } of ofFolder[0].labels) {
      assertAlmostEquals(probability, single.get(label)!, 1e-6);
    }

    const bad = [
      jsonl[0],
      "nonsense",
      '{"poster":"films/gone.png","plot":""}',
      '{"poster":"films.csv","plot":""}',
      `{"poster":"films/${"x".repeat(100_000)}.png","plot":""}`,
      '{"poster":"films/a\\u0000\\u001b.png","plot":""}',
      '{"poster":"films","plot":""}',
    ];
    await Deno.writeTextFile(`${folder}/bad.jsonl`, bad.join("\n"));
    const said = await done(["predict", "run", "--in", "bad.jsonl", "--explain", ...engine]);
    assertEquals(lines(said.stdout).map(({ line }) => line), [1]);
    assertEquals(Object.keys(lines(said.stdout)[0].labels[0]), [
      "label",
      "probability",
      "imageOnly",
      "textOnly",
    ]);
    assertMatch(
      said.stderr,
      /^line 2: expected JSON, found .*\nline 3: Cannot read the poster .*\nline 4: Cannot decode/,
    );
    assertMatch(said.stderr, /\nline 5: Cannot read the poster .*…: a file's name cannot be this long\n/);
    assertMatch(
      said.stderr,
      /\nline 6: Cannot read the poster .*: a file's name cannot hold a NUL character\n/,
    );
    assertMatch(
      said.stderr,
      /\nline 7: Cannot read the poster .*: expected a regular file, found a folder\n/,
    );
    assertMatch(said.stderr, /\n6 of 7 rows could not be used and were left out\n$/);
    assertEquals(said.stderr.length < 3000, true);
    const strict = await say([
      "predict",
      "run",
      "--in",
      "bad.jsonl",
      "--strict",
      "--out",
      "strict.jsonl",
      ...engine,
    ]);
    assertEquals(strict.code, 1);
    assertMatch(strict.stderr, /^Cannot use line 2: expected JSON/);
    assertEquals(await Deno.stat(`${folder}/strict.jsonl`).catch(() => "none"), "none");
  });
});
