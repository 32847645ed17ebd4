/** A model's modules and what flows between them, as one SVG file without scripts, for a light or a dark page. */
import { Graph, layout } from "@dagrejs/dagre";

/** A module as it is drawn. */
export interface GraphBox {
  /** Unlike all others. */
  readonly name: string;
  /** Lines under the name, such as its output's shape. */
  readonly lines: readonly string[];
  /** Drawn with a dashed border: nothing in it learns. */
  readonly isFrozen: boolean;
  /** Drawn round. */
  readonly isInput: boolean;
}

/** Pixels. */
const CHARACTER = 7.3, LINE = 17, PADDING = 10, MARGIN = 16;

const style = `
  .box { fill: #eef4fb; stroke: #3a6ea5; stroke-width: 1.2 }
  .frozen { fill: #f3f3f3; stroke: #777; stroke-dasharray: 5 3 }
  .input { fill: #fff7e0; stroke: #a57c1b }
  text { font: 12px ui-monospace, Menlo, Consolas, monospace; fill: #222; text-anchor: middle }
  .name { font-weight: 600 }
  path { fill: none; stroke: #555; stroke-width: 1.2 }
  marker path { fill: #555; stroke: none }
  @media (prefers-color-scheme: dark) {
    .box { fill: #1d2b3a; stroke: #7fb0e0 } .frozen { fill: #2a2a2a; stroke: #999 }
    .input { fill: #3a3118; stroke: #d9b75a } text { fill: #eee } path { stroke: #aaa }
    marker path { fill: #aaa }
  }`;

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const fixed = (n: number): string => String(Math.round(n * 10) / 10);

/** A curve through points: straight ends, corners rounded by their middles. */
function curve(points: readonly { readonly x: number; readonly y: number }[]): string {
  const at = ({ x, y }: { readonly x: number; readonly y: number }) => `${fixed(x)} ${fixed(y)}`;
  const [first, ...rest] = points;
  const last = rest[rest.length - 1];
  const bends = rest.slice(0, -1).map((point, i) => {
    const next = rest[i + 1];
    const end = i === rest.length - 2 ? next : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    return `Q ${at(point)} ${at(end)}`;
  });
  return `M ${at(first)} ${bends.length > 0 ? bends.join(" ") : `L ${at(last)}`}`;
}

/**
 * Draws boxes from top to bottom, each below those that it takes from.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { modelGraph } from "./model_graph.ts";
 * const box = { lines: ["[batch, 8]"], isFrozen: false, isInput: false };
 * const svg = modelGraph("tiny", [{ ...box, name: "a" }, { ...box, name: "b" }], [["a", "b"]]);
 * assertStringIncludes(svg, "<title>tiny</title>");
 * ```
 */
export function modelGraph(
  title: string,
  boxes: readonly GraphBox[],
  edges: readonly (readonly [from: string, to: string])[],
): string {
  const graph = new Graph().setGraph({ ranksep: 26, nodesep: 24, marginx: MARGIN, marginy: MARGIN });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { name, lines } of boxes) {
    const letters = Math.max(...[name, ...lines].map((line) => [...line].length));
    graph.setNode(name, {
      width: letters * CHARACTER + 2 * PADDING,
      height: (lines.length + 1) * LINE + PADDING,
    });
  }
  for (const [from, to] of edges) graph.setEdge(from, to);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();

  const drawnBoxes = boxes.map(({ name, lines, isFrozen, isInput }) => {
    const { x, y, width, height } = graph.node(name);
    const kind = isInput ? " input" : isFrozen ? " frozen" : "";
    const texts = [name, ...lines].map((line, i) =>
      `<text${i === 0 ? ' class="name"' : ""} x="${fixed(x)}" y="${
        fixed(y - height / 2 + PADDING / 2 + LINE * (i + 0.75))
      }">${escape(line)}</text>`
    );
    return `<rect class="box${kind}" x="${fixed(x - width / 2)}" y="${fixed(y - height / 2)}" width="${
      fixed(width)
    }" height="${fixed(height)}" rx="${isInput ? fixed(height / 2) : 6}"/>${texts.join("")}`;
  });
  const drawnEdges = graph.edges().map((edge) =>
    `<path d="${curve(graph.edge(edge).points ?? [])}" marker-end="url(#arrow)"/>`
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${fixed(width)} ${fixed(height)}" width="${
      fixed(width)
    }" height="${fixed(height)}" role="img">`,
    `<title>${escape(title)}</title>`,
    `<style>${style}\n</style>`,
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">' +
    '<path d="M 0 0 L 8 4 L 0 8 z"/></marker></defs>',
    ...drawnEdges,
    ...drawnBoxes,
    "</svg>",
    "",
  ].join("\n");
}
