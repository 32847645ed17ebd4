import { assertEquals } from "@std/assert";
import { table } from "../../src/report/table.ts";

Deno.test("columns of numbers are aligned right, others left, and a foot stands under its own rule", () => {
  const text = table({
    head: ["module", "parameters", "trainable"],
    rows: [
      ["image_backbone", "23,508,032", "14,964,736"],
      ["text_backbone", "109,482,240", "38,603,520"],
      ["head", "13,338", "–"],
    ],
    foot: ["total", "133,003,610", "53,568,256"],
  });
  assertEquals(
    text,
    [
      "module           parameters   trainable",
      "───────────────────────────────────────",
      "image_backbone   23,508,032  14,964,736",
      "text_backbone   109,482,240  38,603,520",
      "head                 13,338           –",
      "───────────────────────────────────────",
      "total           133,003,610  53,568,256",
    ].join("\n"),
  );
});

Deno.test("a column with one word in it is text, and lines do not end in spaces", () => {
  const text = table({ head: ["name", "value"], rows: [["rate", "1e-4"], ["stop", "never"], ["a", ""]] });
  assertEquals(text, "name  value\n───────────\nrate  1e-4\nstop  never\na");
});

Deno.test("rates, shares and factors are numbers", () => {
  for (const cell of ["1.00e-6", "12.5%", "0.80x", "-3", "+0.2", "1,024", "12 %"]) {
    assertEquals(
      table({ head: ["n", "       "], rows: [["a", cell]] }).split("\n")[2],
      `a  ${cell.padStart(7)}`,
    );
  }
});

Deno.test("letters outside the basic plane take one place", () => {
  assertEquals(table({ head: ["a", "b"], rows: [["𝛼", "x"]] }), "a  b\n────\n𝛼  x");
});

Deno.test("a table without rows is its head", () => {
  assertEquals(table({ head: ["label", "f1"], rows: [] }), "label  f1\n─────────");
});
