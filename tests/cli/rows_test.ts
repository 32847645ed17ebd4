import { assertEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { type Row, rowsOf } from "../../src/cli/rows.ts";
import { csvFolder } from "../../src/data/csv_folder.ts";
import { film } from "../../src/data/drawn.ts";
import { placesIn } from "../data/parquet_files.ts";

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const utf16 = (text: string): Uint8Array =>
  new Uint8Array(Uint16Array.from(`\ufeff${text}`, (character) => character.charCodeAt(0)).buffer);
const cp1252 = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** What is asked by the rows of a file, or their faults, each behind its line. */
async function askedOf(folder: string, name: string, content: Uint8Array): Promise<string[]> {
  await Deno.writeFile(`${folder}/${name}`, content);
  const rows: Row[] = await Array.fromAsync(rowsOf(`${folder}/${name}`));
  return rows.map((row) => {
    const place = "line" in row ? row.line : row.file;
    if ("fault" in row) return `${place}: ${row.fault}`;
    const { id, poster, plot } = row.asked;
    return `${place}: ${id ?? "-"} ${poster!.replace(`${folder}/`, "")} ${plot}`;
  });
}

const JSONL = ['{"poster":"0.png","plot":"Un été","id":"é"}', "", '{"poster":"1.png","plot":"b"}'].join(
  "\r\n",
);

Deno.test("JSONL and CSV are the same in UTF-8, with a mark and in UTF-16", async () => {
  await inFolder(async (folder) => {
    const expected = ["1: é 0.png Un été", "3: - 1.png b"];
    for (const content of [utf8(JSONL), utf8(`\ufeff${JSONL}`), utf16(JSONL)]) {
      assertEquals(await askedOf(folder, "films.jsonl", content), expected);
    }
    const csv = "id,poster,plot\r\né,0.png,Un été\r\n\r\n,1.png,b\r\n",
      lines = ["2: é 0.png Un été", "4: - 1.png b"];
    for (const content of [utf8(csv), utf8(`\ufeff${csv}`), utf16(csv), utf16(csv.replaceAll(",", "\t"))]) {
      assertEquals(await askedOf(folder, "films.csv", content), lines);
    }
  });
});

Deno.test("another encoding is refused by its file, its line and a way out", async () => {
  await inFolder(async (folder) => {
    for (
      const [name, content] of [["films.jsonl", JSONL], ["films.csv", "poster,plot\n0.png,Un été"]] as const
    ) {
      const error = await assertRejects(() => askedOf(folder, name, cp1252(content)), OnesheetError);
      const line = name === "films.csv" ? 2 : 1;
      assertEquals(
        error.message.includes(`${name}": expected UTF-8, found the byte 0xE9 on line ${line}`),
        true,
      );
      assertEquals(error.message.includes("iconv -f cp1252 -t utf-8"), true);
    }
    await assertRejects(
      () => askedOf(folder, "films.jsonl", utf16(JSONL).subarray(2)),
      OnesheetError,
      "found UTF-16 without a byte order mark",
    );
  });
});

Deno.test("a row that cannot be used has a fault, and those behind it are read", async () => {
  await inFolder(async (folder) => {
    const long = "x".repeat(2 ** 20);
    assertEquals(
      await askedOf(
        folder,
        "films.csv",
        utf8(`poster,plot\n,a\n0.png, \n0.png\n0.png,${long}\n0.png,"a"b\n 0.png , a \n`),
      ),
      [
        '2: expected a value as "poster", found an empty cell',
        '3: expected a value as "plot", found an empty cell',
        "4: expected 2 cells, found 1",
        "5: expected a row of at most 1048576 characters, found a longer one",
        "6: expected the end of a cell after its closing quote, found more of it",
        "7: - 0.png a",
      ],
    );
    const found = await askedOf(
      folder,
      "films.jsonl",
      utf8(`{"poster":"0.png","plot":"${long}"}\n{"poster":7}\n\0\n{"poster":"0.png","plot":""}\n`),
    );
    assertEquals(found.map((row) => row.slice(0, 40)), [
      "1: expected at most 1048576 characters, f".slice(0, 40),
      '2: expected a text as "poster", found 7',
      "3: expected JSON, found Unexpected token".slice(0, 40),
      "4: - 0.png ",
    ]);
  });
});

Deno.test("the rows of a CSV file are those that training has of it", async () => {
  await inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/posters`);
    const rows = [
      "\ufeff poster ,plot , genres",
      ...Array.from({ length: 8 }, (_, row) => `posters/${row}.png , A ship. ,drama`),
      ",no poster,drama",
      "posters/1.png,,drama",
      "too,few",
      '"posters/2.png","A ""quoted""\r\nplot",war',
    ];
    for (let row = 0; row < 8; row++) {
      const { poster } = film(5, row);
      await Deno.writeFile(`${folder}/posters/${row}.png`, poster);
    }
    const asked = await askedOf(folder, "films.csv", utf8(rows.join("\r\n")));
    const columns = { image: "poster", text: "plot", labels: "genres" },
      small = { pixels: 8, tokens: 8, vocabulary: 200 };
    await using set = await csvFolder({ file: `${folder}/films.csv`, ...columns, ...small }).made
      .open({ inputs: ["ids"] }, placesIn(`${folder}/cache`));
    const used = [...set.train.ids, ...set.validation.ids].sort((a, b) => a - b);
    const skipped = set.skipped?.map(({ row, reason }) => `${row}: ${reason}`);
    assertEquals(asked.flatMap((row) => / - posters/.test(row) ? [parseInt(row)] : []), used);
    assertEquals(asked.filter((row) => !/ - posters/.test(row)), skipped);
    const [shown] = await set.train.shown!(Int32Array.of(set.train.ids.indexOf(13)));
    assertEquals(asked.at(-1), `13: - posters/2.png ${shown.text}`);
  });
});

Deno.test("texts beside posters are read in the encodings of all texts; one that cannot be read is that row's fault", async () => {
  await inFolder(async (folder) => {
    const texts = { a: utf8("\ufeffété\n"), b: utf16("été\r\n"), c: cp1252("été"), d: undefined };
    for (const [name, text] of Object.entries(texts)) {
      await Deno.writeFile(`${folder}/${name}.png`, new Uint8Array());
      if (text !== undefined) await Deno.writeFile(`${folder}/${name}.txt`, text);
    }
    await Deno.writeFile(`${folder}/._a.png`, new Uint8Array()); // as macOS leaves them
    const rows = await Array.fromAsync(rowsOf(folder));
    assertEquals(rows.map((row) => "asked" in row ? row.asked.plot : row.fault.slice(0, 30)), [
      "été",
      "été",
      `Cannot read "${folder}`.slice(0, 30),
      'expected its plot in "d.txt" b',
    ]);
  });
});

Deno.test("what is no regular file, or not there, is refused at once", async () => {
  await inFolder(async (folder) => {
    const refused = async (name: string, why: string) => {
      await assertRejects(() => Array.fromAsync(rowsOf(`${folder}/${name}`)), OnesheetError, why);
    };
    await refused("none.csv", "found no such file");
    await refused(`${"x".repeat(300)}.csv`, "found a file's name cannot be this long");
    await refused("", "Cannot predict the posters");
    await Deno.writeTextFile(`${folder}/films.xlsx`, "");
    await refused("films.xlsx", "found another file");
    if (Deno.build.os === "windows") return;
    for (const name of ["pipe.csv", "pipe.jsonl"]) {
      await new Deno.Command("mkfifo", { args: [`${folder}/${name}`] }).output();
      await refused(name, "expected a regular file, found a named pipe");
    }
    await Deno.writeFile(`${folder}/a.png`, new Uint8Array());
    await new Deno.Command("mkfifo", { args: [`${folder}/a.txt`] }).output();
    const [row] = await Array.fromAsync(rowsOf(folder));
    assertEquals("fault" in row && row.fault.includes("found a named pipe"), true);
  });
});
