/** The policy for rows that cannot be used. */
import { assertEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import type { Dataset } from "../../src/data/source.ts";
import { portable } from "../../src/engine/portable.ts";
import { exists, readRecord, runFiles } from "../../src/train/run.ts";
import { run } from "./runs.ts";
import { rowsOf, source, tiny, withRun } from "./tiny.ts";

const engine = await portable();
const skipped = [{ row: 3, reason: "it has no image" }, { row: 40, reason: "it is no JPEG" }];
const recipe = (changes: Partial<Dataset>, epochs = 1) => tiny({ data: source(changes), epochs });

async function told(...args: Parameters<typeof run>): Promise<string[]> {
  const lines: string[] = [];
  const [of, options] = args;
  await run(of, { ...options, tell: (line) => lines.push(line) });
  return lines;
}

Deno.test("rows that are left out are told with the reason, counted at the end and listed in the run folder", async () => {
  await withRun(async (folder) => {
    const lines = await told(recipe({ skipped }), { engine, folder });
    assertEquals([lines[0], lines[1], lines.at(-1)], [
      "row 3 is left out: it has no image",
      "row 40 is left out: it is no JPEG",
      `2 rows were left out; "${runFiles(folder).skipped}" says which and why`,
    ]);
    const listed = async () =>
      (await Deno.readTextFile(runFiles(folder).skipped)).trimEnd().split("\n").map((line) =>
        JSON.parse(line)
      );
    assertEquals(await listed(), skipped);
    // A row that can be used by now stays out of the run, and one that was added is listed, too.
    const added = { row: 7, reason: "it has no image" };
    await told(recipe({ skipped: [added, skipped[1]] }, 2), { engine, folder, resume: true });
    assertEquals(await listed(), [skipped[0], added, skipped[1]]);
  });
});

Deno.test("of many rows a few are told, and all are listed", async () => {
  await withRun(async (folder) => {
    const many = Array.from({ length: 30 }, (_, row) => ({ row, reason: "no" }));
    const lines = await told(recipe({ skipped: many }), { engine, folder });
    assertEquals(lines.filter((line) => / is left out: no$/.test(line)).length, 20);
    assertEquals(lines[20], "and 10 more rows");
    assertEquals((await Deno.readTextFile(runFiles(folder).skipped)).split("\n").length, 31);
  });
});

Deno.test("with strict they fail the run before there is one, and a run that goes on stays strict", async () => {
  await withRun(async (folder) => {
    const refused = async (resume: boolean, strict: boolean) => {
      const again = () => run(recipe({ skipped }, 2), { engine, folder, resume, strict });
      assertEquals(
        (await assertRejects(again, OnesheetError)).message,
        "Cannot use row 3 of the data, the first of 2: it has no image; without --strict such rows are left out",
      );
    };
    await refused(false, true);
    assertEquals(await exists(folder), false);
    await run(recipe({}), { engine, folder, strict: true });
    assertEquals((await readRecord(folder)).strict, true);
    await refused(true, false);
  });
});

Deno.test("a validation side without rows is refused", async () => {
  await withRun(async (folder) => {
    const none = recipe({ validation: rowsOf("validation", 0), skipped });
    await assertRejects(
      () => run(none, { engine, folder }),
      OnesheetError,
      "Cannot use the data: expected rows to judge by, found none on the validation side; 2 rows were left out",
    );
  });
});
