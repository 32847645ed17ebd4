/** Labels and settings that are hard to spell, through every command. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { type Film, films, writeCsv } from "../train/film_runs.ts";
import { inProject, type Place, withPlace } from "./command_line.ts";

const LABELS = [
  "علمی\u200cتخیلی",
  "👩\u200d🚀",
  "so\u00adlar",
  "\u202eright to left",
  "__proto__",
  "constructor",
  "<b>&amp;",
  "x".repeat(1000),
];

const engine = ["--engine", "portable"];

/** 24 films with these labels in turn, and a recipe on them whose cells have tabs between labels. */
async function write({ folder }: Place, labels: readonly string[]): Promise<void> {
  const rows = films(24).map((film, at): Film => ({
    ...film,
    labels: [[labels[at % labels.length], labels[(at + 1) % labels.length]].join("\t")],
  }));
  await writeCsv(`${folder}/films`, rows);
  await Deno.writeTextFile(
    `${folder}/films.ts`,
    `import { constant, conv2d, csvFolder, linear, meanPool, recipe } from ${
      JSON.stringify(inProject("mod.ts"))
    };
     export default recipe({
       name: "films",
       data: csvFolder({ file: import.meta.resolve("./films/films.csv"), separator: "|", pixels: 8, tokens: 8,
         vocabulary: 300, validation: 0.25 }),
       labels: ${labels.length},
       model: ({ image }, at) =>
         linear(${labels.length})(meanPool()(conv2d(4, 3)(image, at("conv")), at("pool")), at("head")),
       batchSize: 4,
       epochs: 1,
       learningRate: constant({ rate: 1e-2 }),
     });`,
  );
}

const train = ["train", "films.ts", "--set", "data.separator=\t", "--run", "run", ...engine];

Deno.test("a run is trained, resumed, evaluated, used and exported whatever its labels are called", async () => {
  await withPlace(async (place) => {
    const { folder, done } = place;
    await write(place, LABELS);
    const said = await done(train);
    assertEquals(/[\u202e\p{Cc}]/u.test((said.stdout + said.stderr).replaceAll("\n", "")), false);
    await done([...train, "--resume", "--epochs", "2"]);
    const { perLabel } = JSON.parse((await done(["evaluate", "run", "--json", ...engine])).stdout);
    const names = (found: readonly { readonly label: string }[]) => found.map(({ label }) => label).sort();
    assertEquals(names(perLabel), LABELS.toSorted());
    const [{ image, text }] = films(1), example = ["--poster", `films/${image}`, "--plot", text];
    const told = JSON.parse((await done(["predict", "run", ...example, "--json", ...engine])).stdout);
    assertEquals(names(told), LABELS.toSorted());
    await done(["report", "run"]);
    const page = await Deno.readTextFile(`${folder}/run/report.html`);
    for (const label of LABELS.slice(0, 6)) assertStringIncludes(page, label);
    assertStringIncludes(page, "&lt;b&gt;&amp;amp;");
    await done(["export", "run", "--to", "safetensors", "--out", "exported"]);
    const { id2label, label2id } = JSON.parse(await Deno.readTextFile(`${folder}/exported/config.json`));
    assertEquals(Object.values(id2label).toSorted(), LABELS.toSorted());
    assertEquals(Object.keys(label2id).toSorted(), LABELS.toSorted());
  });
});

Deno.test("what cannot be a label is refused by its line before the first step, and there is no run", async () => {
  await withPlace(async (place) => {
    await write(place, ["drama", "war", "sci\nfi"]);
    const { code, stderr } = await place.say(train);
    assertEquals(code, 1);
    assertStringIncludes(
      stderr,
      "Cannot use the labels: line 3: expected a label in one line, found the character U+000A",
    );
    assertEquals(/epoch|step/.test(stderr), false);
    assertEquals(await Deno.stat(`${place.folder}/run`).catch(() => "none"), "none");
  });
});
