/** Files and folders that a person names to be written. */
import { assertEquals } from "@std/assert";
import { inProject, quickstart, trainSmall, withPlace } from "./command_line.ts";

const isThere = (path: string): Promise<boolean> => Deno.stat(path).then(() => true, () => false);

Deno.test("every option that names an output makes the folders above it, or says in one sentence why not", async () => {
  await withPlace(async (place) => {
    const { folder, say, done } = place;
    await trainSmall(place, "--max-steps", "1");
    await Deno.writeTextFile(`${folder}/films.jsonl`, `{"text":"x"}\n`);
    await Deno.writeTextFile(`${folder}/file`, "mine");
    const systems = inProject("tests/cli/two_systems.ts");
    const commands: readonly (readonly [args: readonly string[], option: string])[] = [
      [["train", quickstart, "--plan"], "--svg"],
      [["predict", "run", "--in", "films.jsonl"], "--out"],
      [["report", "run", "run"], "--out"],
      [["export", "run", "--to", "safetensors"], "--out"],
      [
        ["compare", systems, "--engine", "portable", "--limit", "16", "--epochs", "1", "--seeds", "1"],
        "--out",
      ],
    ];
    for (const [args, option] of commands) {
      const into = async (path: string) => await say([...args, option, path]);
      await done([...args, option, `${args[0]}/a/b.out`]);
      assertEquals(await isThere(`${folder}/${args[0]}/a/b.out`), true);
      for (const below of ["file/b.out", "file/a/b.out"]) {
        const { code, stderr, stdout } = await into(below);
        assertEquals([code, stderr, stdout], [
          2,
          `Cannot write "${folder}/${below}": expected a folder at "${folder}/file", found a file\n`,
          "",
        ]);
      }
      // An output never takes the place of what is of another kind.
      await Deno.mkdir(`${folder}/${args[0]}-own`);
      const isFile = ["train", "predict", "report"].includes(args[0]);
      const refused = await into(isFile ? `${args[0]}-own` : "file");
      assertEquals([refused.code, refused.stdout], [2, ""]);
    }
    assertEquals(await Deno.readTextFile(`${folder}/file`), "mine");
  });
});
