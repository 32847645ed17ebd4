/** The code of docs/GUIDE.md, run as it stands in a folder of drawn films. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { writeCsvFilms } from "./data/csv_films.ts";
import { inProject } from "./cli/command_line.ts";

const guide = await Deno.readTextFile(inProject("docs/GUIDE.md"));
const [recipe, training, own] = [...guide.matchAll(/```ts ignore\n([\s\S]*?)```/g)].map(([_, code]) => code);

/** Runs Deno in a folder, with the project under its own name and a cache of the test's. */
async function run(folder: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", `--config=${inProject("deno.json")}`, ...args],
    cwd: folder,
    env: {
      INIT_CWD: folder,
      ONESHEET_CACHE: `${folder}/cache`,
      HF_ENDPOINT: "http://127.0.0.1:9",
      NO_COLOR: "1",
    },
  }).output();
  const [said, told] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals(code, 0, told);
  return said;
}

async function withFilms(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  try {
    await writeCsvFilms(`${folder}/films`, 96);
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the guide's recipe has 20 lines; it trains from code and predicts from the command line", async () => {
  assert(recipe.split("\n").filter((line) => line !== "").length <= 20);
  await withFilms(async (folder) => {
    await Deno.writeTextFile(`${folder}/films.ts`, recipe);
    await Deno.writeTextFile(`${folder}/train.ts`, training);
    const lines = (await run(folder, "train.ts")).trim().split("\n");
    assertEquals(lines.length, 20);
    lines.forEach((line, i) => assertMatch(line, new RegExp(`^${i + 1} 0\\.\\d{3}$`)));
    const predict = [
      "predict",
      "runs/films",
      "--recipe",
      "films.ts",
      "--poster",
      "films/posters/1.png",
      "--plot",
      "A ship.",
      "--json",
    ];
    const told = JSON.parse(await run(folder, inProject("src/cli/main.ts"), ...predict));
    assertEquals(told.length, 8);
  });
});

Deno.test("the guide's own reader is a source", async () => {
  await withFilms(async (folder) => {
    await Deno.mkdir(`${folder}/notes`);
    for (const row of [0, 2, 4, 6]) {
      const note = { picture: `films/posters/${row}.jpg`, text: `film ${row}`, labels: [`label ${row % 4}`] };
      await Deno.writeTextFile(`${folder}/notes/${row}.json`, JSON.stringify(note));
    }
    const open = `const set = await data.made.open({});
      console.log(set.labels.join(), set.train.size, set.validation.size);`;
    await Deno.writeTextFile(`${folder}/own.ts`, own + open);
    assertEquals(await run(folder, "own.ts"), "label 0,label 2 3 1\n");
  });
});
