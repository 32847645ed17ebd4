import { assertEquals } from "@std/assert";
import { draw, linesSpec, matrixSpec } from "../../src/report/chart.ts";

/** Names that every object has, and others that are hard to draw. */
const NAMES = [
  "drama",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "a.b[0]",
  `"<b>&'`,
  "علمی\u200cتخیلی",
];

const escaped = (name: string): string =>
  name.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** The texts of a drawing. */
const textsOf = (svg: string): string[] => [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);

const widthOf = (svg: string): number => Number(/ width="(\d+)"/.exec(svg)?.[1]);

Deno.test("a chart can be drawn of any names, and shows them", async () => {
  const cells = NAMES.flatMap((row) => NAMES.map((column) => ({ row, column, share: 0.5 })));
  const matrix = await draw(
    "m",
    matrixSpec({ title: "constructor", names: NAMES, cells, rows: "r", columns: "c" }),
  );
  const points = NAMES.flatMap((series) => [1, 2].map((x) => ({ x, y: x, series })));
  const lines = await draw("l", linesSpec({ title: "__proto__", of: "epoch", series: NAMES, points }));
  for (const name of NAMES) {
    assertEquals(
      textsOf(matrix).filter((text) => text === escaped(name)).length,
      name === "constructor" ? 3 : 2,
      name,
    );
    assertEquals(
      textsOf(lines).filter((text) => text === escaped(name)).length,
      name === "__proto__" ? 2 : 1,
      name,
    );
  }
});

Deno.test("a chart stays as wide whatever its names", async () => {
  const names = ["a", "x".repeat(1000)];
  const cells = names.flatMap((row) => names.map((column) => ({ row, column, share: 0.5 })));
  const spec = matrixSpec({ title: "x".repeat(1000), names, cells, rows: "r", columns: "c" });
  const points = names.map((series) => ({ x: 1, y: 1, series }));
  const lines = linesSpec({ title: "x".repeat(1000), of: "epoch", series: names, points });
  for (const each of [spec, lines]) assertEquals(widthOf(await draw("m", each)) < 700, true);
});
