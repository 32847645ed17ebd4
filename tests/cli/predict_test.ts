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
    const both = ["--poster", poster, "--plot", "A film."];
    await refused(["run", "--plot", "A film."], 2, "Cannot predict: expected --poster FILE and --plot TEXT");
    await refused(["run", "--poster", poster], 2, "Cannot predict: expected --poster FILE and --plot TEXT");
    await refused(
      ["gone", ...both],
      2,
      'Cannot read the run "HERE/gone": expected a run folder, found none',
    );
    await refused(
      ["run", "--poster", "gone.jpg", "--plot", "A film."],
      2,
      /^Cannot read the poster "gone\.jpg": .*$/,
    );
    await refused(
      ["run", "--poster", "notes.txt", "--plot", "A film."],
      1,
      /^Cannot decode this image: expected JPEG, PNG, GIF or WebP, found 10 bytes /,
    );
    await refused(["run", ...both], 1, 'Cannot read "HERE/run/best.safetensors": no such file');
  });
});
