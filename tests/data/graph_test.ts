/** A source whose rows are nodes: numbers, edges, and what it asks for first. */
import { assertEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { graph } from "../../src/data/graph.ts";
import { printable } from "../../src/train/recipe.ts";
import { rowsOf, source } from "../train/tiny.ts";

const ids = (...rows: number[]) => Int32Array.from(rows);
const of = source({
  train: { ...rowsOf("train", 3), ids: ids(5, 3, 8) },
  validation: { ...rowsOf("validation", 2), ids: ids(1, 9) },
});

async function withEdges(text: string, use: (file: string) => Promise<void>): Promise<void> {
  const file = await Deno.makeTempFile({ suffix: ".jsonl" });
  try {
    await Deno.writeTextFile(file, text);
    await use(file);
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("training rows are the first nodes and validation rows those behind them", async () => {
  await withEdges('{"row":8,"other":9}\n', async (edges) => {
    await using set = await graph({ of, edges }).made.open({});
    const { inputs } = await set.train.batch(ids(2, 0));
    assertEquals(inputs.row, { dtype: "int32", shape: [2], data: ids(2, 0) });
    assertEquals((await set.validation.batch(ids(1, 0))).inputs.row.data, ids(4, 3));
    assertEquals(inputs.image, (await rowsOf("train", 3).batch(ids(2, 0))).inputs.image);
    const { shape, data } = set.constants!.edges;
    assertEquals([shape, [...data]], [[2, 7], [0, 1, 2, 4, 3, 2, 4, 0, 1, 2, 2, 3, 4, 4]]);
  });
});

Deno.test("without a file the way out is told, and self-loops come when asked for", async () => {
  const { message } = await assertRejects(() => graph({ of, edges: "" }).made.open({}), OnesheetError);
  assertEquals(
    message,
    "Cannot make the graph: the data has no crew, so a file must say which films belong together; give one by " +
      '--set data.edges=FILE (records {"row": 7, "director": ["…"], "writer": ["…"]} or {"row": 7, "other": 12} ' +
      "in .jsonl, .json or .parquet), or --set data.edges=self to join no film to another",
  );
  await using set = await graph({ of, edges: "" }).with({ edges: "self" }).made.open({});
  assertEquals([...set.constants!.edges.data], [0, 1, 2, 3, 4, 0, 1, 2, 3, 4]);
});

Deno.test("with a limit, rows of the file that are left out of the data are no mistake", async () => {
  await withEdges(
    '{"row":77,"director":"Ana"}\n{"row":8,"director":"Ana"}\n{"row":1,"director":"Ana"}',
    async (edges) => {
      await using set = await graph({ of, edges }).made.open({ limit: 3 });
      assertEquals(set.constants!.edges.shape, [2, 7]);
      await assertRejects(() => graph({ of, edges }).made.open({}), OnesheetError, "found 77");
    },
  );
});

Deno.test("its settings print with those of the source inside", () => {
  assertEquals(printable(graph({ of, edges: "crew.jsonl" })), {
    name: "graph",
    of: { name: "tiny" },
    edges: "crew.jsonl",
  });
});

Deno.test("a film from outside is refused by a sentence", async () => {
  await assertRejects(
    () => graph({ of, edges: "self" }).made.reader("anywhere"),
    OnesheetError,
    "Cannot predict with a graph: a film from outside has no node in it; add the film to the data and use evaluate",
  );
});
