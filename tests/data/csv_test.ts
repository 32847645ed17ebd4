import { assertEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { parseCsv } from "../../src/data/csv.ts";

Deno.test("rows have the line they begin on, whatever quotes, empty lines and line ends come before", () => {
  for (const end of ["\n", "\r\n"]) {
    const text = ["\ufeffa,b", '"x, ""y""', 'z",1', "", "2,3,4", "5,"].join(end);
    assertEquals(parseCsv(text, "films.csv"), {
      columns: ["a", "b"],
      rows: [
        { line: 2, cells: ['x, "y"\nz', "1"] },
        { line: 5, cells: ["2", "3", "4"] },
        { line: 6, cells: ["5", ""] },
      ],
    });
  }
});

Deno.test("what is no CSV is refused with its line, and so is a file without rows", () => {
  const refused = (text: string, why: string) =>
    assertThrows(() => parseCsv(text, "films.csv"), OnesheetError, why);
  refused('a,b\n1,"x\n2,3\n', 'Cannot read "films.csv": expected CSV, found this: Quote Not Closed');
  refused('a,b\n1,x"y"\n', "at line 2");
  refused("a,b\n", 'Cannot read "films.csv": expected a row of column names and rows below, found none');
  refused("", "found none");
});
