import { assertEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { type CsvColumns, type CsvRecord, readCsv } from "../../src/data/csv.ts";
import { csvRows, LONGEST_ROW } from "../../src/data/csv_rows.ts";

async function* piecesOf(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield await Promise.resolve(text.slice(at, at + size));
}

const rowsOf = (text: string, size = 7) => Array.fromAsync(csvRows(piecesOf(text, size)));

interface Golden {
  readonly text: string;
  readonly rows: readonly { readonly line: number; readonly cells: readonly string[] }[];
}

Deno.test("rows, their cells and their lines are those of Python's csv module, wherever pieces end", async () => {
  const { cases } = JSON.parse(await Deno.readTextFile("tests/golden/csv/rows.json")) as { cases: Golden[] };
  for (const { text, rows } of cases) {
    const expected = rows.map(({ line, cells }) => ({
      line,
      cells: cells.map((cell) => cell.replaceAll(/\r\n?/g, "\n")),
    }));
    for (const size of [1, 2, 5, 100]) {
      const found = (await rowsOf(text, size)).map(({ line, cells }) => ({ line, cells }));
      assertEquals(found, expected, JSON.stringify(text));
    }
  }
});

Deno.test("rows have the line they begin on, whatever quotes, empty lines and line ends come before", async () => {
  for (const end of ["\n", "\r\n", "\r", "\r\r\n"]) {
    const text = ["a,b", '"x, ""y""', 'z",1', "2,3,4", "5,"].join(end);
    const found = (await rowsOf(text, 3)).map(({ cells }) => cells);
    assertEquals(found[0], ["a", "b"]);
    assertEquals(found.slice(2), [["2", "3", "4"], ["5", ""]]);
  }
});

Deno.test("cells are separated by what the first line has most of: commas, tabs or semicolons", async () => {
  assertEquals((await rowsOf("a;b\n1;2,5\n"))[1].cells, ["1", "2,5"]);
  assertEquals((await rowsOf("a\tb, c\td\n1\t2\t3\n"))[1].cells, ["1", "2", "3"]);
  assertEquals((await rowsOf('a,"b; c"\n1,2;3\n'))[1].cells, ["1", "2;3"]);
});

Deno.test("a row that goes on behind a closing quote has a fault, and the next is read", async () => {
  const rows = await rowsOf('a,b\n"x"y,1\n"x" ,2\n"x" "y",3\n');
  assertEquals(rows.map(({ fault }) => fault?.slice(0, 46)), [
    undefined,
    "expected the end of a cell after its closing q",
    undefined,
    "expected the end of a cell after its closing q",
  ]);
});

Deno.test("of a row that is too long nothing is held, and the next is read", async () => {
  const long = "x".repeat(LONGEST_ROW);
  for (const cell of [long, `"${long}"`, `"${"\n".repeat(LONGEST_ROW)}"`, ",".repeat(LONGEST_ROW)]) {
    const rows = await rowsOf(`a,b\n1,${cell}\n2,3\n`, 65536);
    assertEquals(rows[1].fault, `expected a row of at most ${LONGEST_ROW} characters, found a longer one`);
    assertEquals(rows[2].cells, ["2", "3"]);
    assertEquals(rows[2].line, 3 + cell.split("\n").length - 1);
  }
});

/** Reads a CSV file that holds this. */
async function read(
  content: string | Uint8Array,
  columns: CsvColumns,
): Promise<{ path: string; records: CsvRecord[] }> {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/films.csv`;
    await Deno.writeFile(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
    return { path, records: await Array.fromAsync(readCsv(path, columns)) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const films: CsvColumns = { filled: ["poster"], required: ["genres"], optional: ["id"] };

Deno.test("columns are found by name, whatever space or mark is around it, and so are cells", async () => {
  const cells = { line: 2, cells: ["1.png", "", "7"] };
  for (
    const text of ["poster,genres,id\n1.png,,7\n", "\ufeff poster ,\tgenres\t, id\n 1.png , ,\u00a07 \n"]
  ) assertEquals((await read(text, films)).records, [cells]);
  assertEquals((await read("genres,poster\n,1.png\n", films)).records, [{
    ...cells,
    cells: ["1.png", "", ""],
  }]);
  const utf16 = Uint8Array.of(
    255,
    254,
    ...[..."poster\tgenres\r\né.png\tdrama\r\n"].flatMap((c) => [c.charCodeAt(0), 0]),
  );
  assertEquals((await read(utf16, films)).records, [{ line: 2, cells: ["é.png", "drama", ""] }]);
});

Deno.test("a row with a fault is said with its line", async () => {
  const { records } = await read(
    ["poster,genres", "1.png", ",drama", "a\0b,drama", '"1"x,drama', "2.png,war", "\0\0\0"].join("\n"),
    films,
  );
  assertEquals(records, [
    { line: 2, fault: "expected 2 cells, found 1" },
    { line: 3, fault: 'expected a value as "poster", found an empty cell' },
    { line: 4, fault: "expected text, found a NUL character" },
    { line: 5, fault: "expected the end of a cell after its closing quote, found more of it" },
    { line: 6, cells: ["2.png", "war", ""] },
    { line: 7, fault: "expected 2 cells, found 1" },
  ]);
});

Deno.test("what is no CSV is refused in a short sentence, and so is a file without the columns or rows", async () => {
  const refused = async (content: string | Uint8Array, why: string, exitCode: 1 | 2 = 1) => {
    const error = await assertRejects(() => read(content, films), OnesheetError, why);
    assertEquals([error.exitCode, error.message.length < 2000], [exitCode, true]);
  };
  await refused(
    'poster,genres\n1,"x\n2,3\n',
    "expected an end of the quotes that begin on line 2, found none",
  );
  await refused("poster,genres\n", "expected a row of column names and rows below, found none");
  await refused("", "expected a row of column names and rows below, found none");
  await refused(
    "postr,genres\n1,2\n",
    'expected a column "poster", found postr, genres; did you mean "postr"?',
    2,
  );
  await refused("poster,genres, poster\n1,2,3\n", 'expected one column "poster", found several', 2);
  await refused(`${Array.from({ length: 1e5 }, (_, i) => `c${i}`)}\n1\n`, "and 99980 more", 2);
  await refused(`${"c,".repeat(1e6)}\n1\n`, "expected a row of at most");
  await refused(Uint8Array.of(...new TextEncoder().encode("poster,genres\n1,trag"), 0xe9), "on line 2");
  await refused("poster\0,g\0enres\n1,2", "found a NUL character on line 1; if it is UTF-16");
});

Deno.test("a file that is not there is wrong usage", async () => {
  const error = await assertRejects(() => Array.fromAsync(readCsv("none/films.csv", films)), OnesheetError);
  assertEquals(error.message, 'Cannot open "none/films.csv": expected a CSV file, found none');
  assertEquals(error.exitCode, 2);
});
