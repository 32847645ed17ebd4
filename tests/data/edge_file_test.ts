/** Files of edges: what joins films, and what is refused. */
import { assertEquals, assertRejects } from "@std/assert";
import { parquetWriteBuffer } from "hyparquet-writer";
import { OnesheetError } from "../../src/base/errors.ts";
import { type Nodes, readEdges, selfLoops } from "../../src/data/edge_file.ts";

/** Rows 10, 20, 30 and 40 are nodes 0 to 3. */
const nodes: Nodes = { of: new Map([[10, 0], [20, 1], [30, 2], [40, 3]]), complete: true };

/** Edges as pairs of nodes, without the self-loops that all have, in one direction. */
function pairs(edges: Int32Array): string {
  const count = edges.length / 2;
  const all = Array.from({ length: count }, (_, i) => [edges[i], edges[count + i]]);
  for (const node of [0, 1, 2, 3]) assertEquals(all.filter(([a, b]) => a === node && b === node).length, 1);
  for (const [a, b] of all) {
    assertEquals(all.filter(([c, d]) => c === b && d === a).length, 1, `${b} to ${a}`);
  }
  return all.filter(([a, b]) => a < b).map((pair) => pair.join("-")).sort().join(" ");
}

async function edgesOf(name: string, content: string | Uint8Array, given = nodes): Promise<Int32Array> {
  const folder = await Deno.makeTempDir();
  try {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await Deno.writeFile(`${folder}/${name}`, bytes);
    return await readEdges(`${folder}/${name}`, given);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const lines = (...records: unknown[]) => records.map((record) => JSON.stringify(record) + "\n").join("");

Deno.test("films that share a name are joined, whatever part it has; an empty name joins none", async () => {
  const text = lines(
    { row: 10, director: ["Ana"], writer: ["Bo", ""] },
    { row: 20, "art director": "Bo" },
    { row: 30, director: null, producer: [], cinematographer: ["", " "] },
    { row: 40, art_director: [{ name: "Ana" }], writer: "" },
  );
  assertEquals(pairs(await edgesOf("crew.jsonl", text)), "0-1 0-3");
});

Deno.test("spaces around a name do not count", async () => {
  const text = lines(
    { row: 10, director: [" Nolan"] },
    { row: 20, director: "Nolan" },
    { row: 30, writer: [{ name: "Nolan\t" }] },
  );
  assertEquals(pairs(await edgesOf("crew.jsonl", text)), "0-1 0-2 1-2");
});

Deno.test("a name that three films share joins every two of them; who is named twice joins once", async () => {
  const text = lines(
    ...[10, 20, 40].map((row) => ({ row, director: ["Ana", "Bo"], writer: ["Ana"] })),
  );
  assertEquals(pairs(await edgesOf("crew.jsonl", text)), "0-1 0-3 1-3");
});

Deno.test("pairs of rows are joined, in a list of JSON too, and beside names", async () => {
  const records = [{ row: 40, other: 20 }, { row: 20, other: 40 }, { row: 30, other: 30 }, {
    row: 10,
    writer: "X",
  }, {
    row: 30,
    writer: "X",
  }];
  assertEquals(pairs(await edgesOf("pairs.json", JSON.stringify(records))), "0-2 1-3");
});

Deno.test("a parquet file has the same columns", async () => {
  const crew = parquetWriteBuffer({
    columnData: [
      { name: "row", data: [10n, 20n, 30n], type: "INT64" },
      { name: "title", data: ["a", "b", "c"] },
      { name: "director", data: ["Ana", "Bo", "Ana"], type: "STRING" },
    ],
  });
  assertEquals(pairs(await edgesOf("crew.parquet", new Uint8Array(crew))), "0-2");
  const some = parquetWriteBuffer({
    columnData: [
      { name: "row", data: [10, 20], type: "INT32" },
      { name: "other", data: [40, 30], type: "INT32" },
    ],
  });
  assertEquals(pairs(await edgesOf("pairs.parquet", new Uint8Array(some))), "0-3 1-2");
});

Deno.test("edges come in order of where they go to, and a graph of self-loops has nothing else", async () => {
  const edges = await edgesOf("pairs.jsonl", lines({ row: 40, other: 10 }));
  assertEquals([...edges], [0, 3, 1, 2, 0, 3, 0, 0, 1, 2, 3, 3]);
  assertEquals([...selfLoops(3)], [0, 1, 2, 0, 1, 2]);
});

Deno.test("rows that are not among the nodes are left out where not all rows are nodes", async () => {
  const text = lines({ row: 99, director: "Ana" }, { row: 10, director: "Ana" }, { row: 10, other: 98 }, {
    row: 20,
    other: 10,
  });
  assertEquals(pairs(await edgesOf("crew.jsonl", text, { ...nodes, complete: false })), "0-1");
});

const refusals: Readonly<
  Record<string, readonly [name: string, content: string, sentence: string]>
> = {
  "a row that is not in the data": [
    "crew.jsonl",
    lines({ row: 10, director: "Ana" }, { row: 99, director: "Ana" }),
    "expected a row of the data in line 2, found 99",
  ],
  "a row that is no number": [
    "crew.jsonl",
    lines({ row: "10", writer: "A" }),
    'expected a row number in line 1, found "10"',
  ],
  "no row": ["crew.jsonl", lines({ director: "Ana" }), "expected a row number in line 1, found nothing"],
  "no crew": [
    "crew.jsonl",
    lines({ row: 10, directors: ["Ana"] }),
    'expected "other" or one of director, producer, writer, cinematographer, art director in line 1, found {…}',
  ],
  "names that are none": [
    "crew.jsonl",
    lines({ row: 10, director: [7] }),
    'expected a name or a list of names as "director" in line 1, found [7]',
  ],
  "something else than records": [
    "crew.json",
    "[[10, 20]]",
    'expected a record such as {"row": 7, "director": ["…"]} in record 1, found [10, 20]',
  ],
  "something else than a list": ["crew.json", '{"row": 10}', "expected a list of records, found {…}"],
  "broken JSON": [
    "crew.jsonl",
    '{"row": 10',
    "expected JSON, found Expected ',' or '}' after property value in JSON at position 10 on line 1",
  ],
  "another format": [
    "crew.csv",
    "10,Ana",
    'expected records {"row": 7, "director": ["…"], "writer": ["…"]} or {"row": 7, "other": 12} in .jsonl, .json or .parquet, found ".csv"',
  ],
};

for (const [what, [name, content, sentence]] of Object.entries(refusals)) {
  Deno.test(`a file with ${what} is refused by a sentence`, async () => {
    const { message } = await assertRejects(() => edgesOf(name, content), OnesheetError);
    assertEquals(message.replace(/"[^"]*\/crew/, '"crew'), `Cannot use the edges "${name}": ${sentence}`);
  });
}

Deno.test("a file that is not there is refused by a sentence", async () => {
  await assertRejects(
    () => readEdges("/nowhere/crew.jsonl", nodes),
    OnesheetError,
    'Cannot use the edges "/nowhere/crew.jsonl": expected a file, found none',
  );
});

Deno.test("UTF-16, a mark, CRLF and separate accents are the same edges; a pipe is refused at once", async () => {
  const text = '{"row": 10, "director": "Jos\u00e9"}\r\n\r\n{"row": 30, "writer": "Jose\u0301"}\r\n';
  const utf16 = new Uint8Array(Uint16Array.from("\ufeff" + text, (c) => c.charCodeAt(0)).buffer);
  for (const content of [`\ufeff${text}`, utf16]) {
    assertEquals(pairs(await edgesOf("crew.jsonl", content)), "0-2");
  }
  const latin = Uint8Array.from(text, (c) => c.charCodeAt(0) & 255);
  for (const name of ["crew.jsonl", "crew.json"]) {
    await assertRejects(() => edgesOf(name, latin), OnesheetError, "found the byte 0xE9 on line 1");
  }
  if (Deno.build.os === "windows") return;
  const folder = await Deno.makeTempDir();
  try {
    for (const name of ["crew.jsonl", "crew.json", "crew.parquet"]) {
      await new Deno.Command("mkfifo", { args: [`${folder}/${name}`] }).output();
      await assertRejects(() => readEdges(`${folder}/${name}`, nodes), OnesheetError, "found a named pipe");
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
