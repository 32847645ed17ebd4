import { assert, assertEquals } from "@std/assert";
import { modelGraph } from "../../src/report/model_graph.ts";

const box = { lines: ["[batch, 8]"], isFrozen: false, isInput: false };

Deno.test("every box is drawn apart from the others and below what it takes from, every edge once", () => {
  const names = ["a", "b", "c", "d"];
  const svg = modelGraph("four", names.map((name) => ({ ...box, name })), [
    ["a", "b"],
    ["a", "c"],
    ["b", "d"],
    [
      "c",
      "d",
    ],
  ]);
  const rects = [
    ...svg.matchAll(/<rect class="box" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g),
  ]
    .map((match) => match.slice(1).map(Number));
  assertEquals(rects.length, 4);
  for (const [i, [x, y, w, h]] of rects.entries()) {
    for (const [x2, y2, w2, h2] of rects.slice(i + 1)) {
      assert(x + w <= x2 || x2 + w2 <= x || y + h <= y2 || y2 + h2 <= y);
    }
  }
  const [a, b, c, d] = rects.map(([_, y]) => y);
  assert(a < b && b === c && c < d);
  assertEquals(svg.match(/marker-end/g)?.length, 4);
});

Deno.test("names are text and nothing else; frozen boxes and inputs look otherwise", () => {
  const svg = modelGraph("<b>&", [{ ...box, name: 'a"<script>' }, { ...box, name: "f", isFrozen: true }, {
    ...box,
    name: "i",
    isInput: true,
  }], []);
  assert(!svg.includes("<script>") && !svg.includes("<b>"));
  assertEquals([...svg.matchAll(/<rect class="([^"]+)"/g)].map(([_, kind]) => kind), [
    "box",
    "box frozen",
    "box input",
  ]);
});
