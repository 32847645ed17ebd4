/** The commands on a recipe whose rows are nodes of a graph. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { png } from "../data/parquet_files.ts";
import { readMetrics } from "../../src/train/run.ts";
import { inProject, withPlace } from "./command_line.ts";

const recipe = inProject("tests/cli/drawn_graph.ts");

Deno.test("a recipe on a graph asks for edges, trains on them and scores the same again; it tells of no film from outside", async () => {
  await withPlace(async ({ folder, say, done }) => {
    const train = ["train", recipe, "--engine", "portable", "--run", `${folder}/run`];
    const without = await say(train);
    assertEquals(without.code, 2);
    assertStringIncludes(without.stderr, "Cannot make the graph: the data has no crew");
    assertStringIncludes(without.stderr, "--set data.edges=self to join no film to another");

    const crew = Array.from(
      { length: 60 },
      (_, row) => JSON.stringify({ row, director: [`person ${row % 9}`] }),
    );
    await Deno.writeTextFile(`${folder}/crew.jsonl`, crew.join("\n"));
    await done([...train, "--set", "data.edges=crew.jsonl"]);
    const best = (await readMetrics(`${folder}/run`)).findLast((row) => row.best)!;
    const evaluated = await done(["evaluate", "run", "--engine", "portable", "--json"]);
    assertEquals(JSON.parse(evaluated.stdout).loss, best.val_loss);
    const others = await say(["evaluate", "run", "--engine", "portable", "--set", "data.edges=self"]);
    assertEquals(others.code, 1);
    assertStringIncludes(others.stderr, "expected the same edges, found others");

    await Deno.writeFile(`${folder}/poster.png`, png(20, 30, [200, 9, 9]));
    const predicted = await say(["predict", "run", "--poster", "poster.png", "--plot", "A ship."]);
    assertStringIncludes(
      predicted.stderr,
      "Cannot predict with a graph: a film from outside has no node in it",
    );
    const exported = await say(["export", "run", "--to", "tfjs"]);
    assertStringIncludes(exported.stderr, 'Cannot export "drawn_graph" as a graph of one batch');
    assertEquals([predicted.code, exported.code], [1, 1]);
  });
});
