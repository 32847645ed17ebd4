/** Figures on the terminal and in the README. */
import { assertEquals, assertThrows } from "@std/assert";
import { figuresTable, withFigures } from "../../bench/report.ts";
import { OnesheetError } from "../../src/base/errors.ts";

const step = {
  name: "step",
  unit: "s",
  ours: 3,
  peer: 4,
  ratio: 0.75,
  spread: [0.7, 0.8],
  pairs: 5,
} as const;
const alone = { name: "eval", unit: "s", ours: 1.2345, pairs: 2 };

Deno.test("the terminal's table shows a dash where there is no peer", () => {
  const lines = figuresTable([step, alone]).split("\n");
  assertEquals(lines[2].split(/ {2,}/), ["step", "3.00", "4.00", "s", "0.75", "0.70–0.80", "5"]);
  assertEquals(lines[3].split(/ {2,}/), ["eval", "1.23", "-", "s", "-", "-", "2"]);
});

Deno.test("new figures replace the rows of their name, and others stay", () => {
  const empty = "# Benches\n\n<!-- table -->\n\n<!-- /table -->\n\nend\n";
  const first = withFigures(empty, [step, alone]);
  const second = withFigures(first, [{ ...step, ours: 2 }]);
  const rows = second.split("\n").filter((line) => line.startsWith("| step") || line.startsWith("| eval"));
  assertEquals(rows, [
    "| step | 2.00 | 4.00 | s | 0.75 | 0.70–0.80 | 5 |",
    "| eval | 1.23 | - | s | - | - | 2 |",
  ]);
  assertEquals(second.endsWith("\n\nend\n"), true);
  assertEquals(withFigures(second, [{ ...step, ours: 2 }]), second);
});

Deno.test("a README without the markers is refused", () => {
  assertThrows(() => withFigures("# Benches\n", [step]), OnesheetError, "<!-- table -->");
});
