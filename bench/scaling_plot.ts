/** The scaling as one SVG: time above, memory below, a column for each sweep. Light or dark as the reader prefers. */
import { linear } from "../src/report/scale.ts";
import type { Figure } from "./bench.ts";
import { type Measured, measures, nameOf, pointsOf, type Sweep, sweeps, titleOf } from "./sweeps.ts";

const style = `
text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:#57606a}
.title{font-size:14px;font-weight:600;fill:#1f2328}
.back{fill:#fff;stroke:#d0d7de}.grid{stroke:#eaeef2}.axis{stroke:#afb8c1}
.curve{fill:none;stroke-width:2;stroke-linejoin:round}
.ours{stroke:#0969da}.peer{stroke:#d9480f}
@media (prefers-color-scheme:dark){
text{fill:#9198a1}.title{fill:#f0f6fc}
.back{fill:#0d1117;stroke:#3d444d}.grid{stroke:#21262d}.axis{stroke:#545d68}
.ours{stroke:#58a6ff}.peer{stroke:#ff8a4c}
}`;

/** Pixels; `left` to `right` and `top` to `bottom` is the plot inside a panel. */
const [panelWidth, panelHeight, left, right, top, bottom] = [280, 230, 48, 264, 44, 188];

const round = (n: number): string => String(Math.round(n * 10) / 10);
const text = (x: number, y: number, words: string | number, rest = ""): string =>
  `<text x="${round(x)}" y="${round(y)}"${rest}>${words}</text>`;
const end = ` text-anchor="end"`, middle = ` text-anchor="middle"`;

/** Ours and PyTorch's over the values of a sweep, which are spaced by their logarithms. */
function panel(measure: Measured, sweep: Sweep, figures: ReadonlyMap<string, Figure>): string {
  const found = pointsOf(sweep).map((point) => ({ ...point, figure: figures.get(nameOf(measure, point)) }));
  const axis = linear(found.flatMap(({ figure }) => [figure?.ours ?? null, figure?.peer ?? null]));
  const logs = found.map(({ value }) => Math.log(value));
  const least = Math.min(...logs), span = Math.max(...logs) - least;
  const x = (value: number) => left + (right - left) * (Math.log(value) - least) / span;
  const y = (share: number) => bottom - (bottom - top) * share;
  const curve = (side: "ours" | "peer") => {
    const points = found.flatMap(({ value, figure }) => {
      const share = axis.share(figure?.[side] ?? null);
      return share === undefined ? [] : [`${round(x(value))} ${round(y(share))}`];
    });
    return points.length === 0 ? "" : `<path class="curve ${side}" d="M${points.join("L")}"/>`;
  };
  return [
    text(left, 24, `${titleOf(measure, sweep)}, ${measures[measure]}`, ` class="title"`),
    ...axis.ticks.flatMap(({ share, text: words }) => [
      `<path class="grid" d="M${left} ${round(y(share))}H${right}"/>`,
      text(left - 8, y(share) + 4, words, end),
    ]),
    `<path class="axis" d="M${left} ${bottom}H${right}"/>`,
    ...found.map(({ value }) => text(x(value), bottom + 18, value, middle)),
    text((left + right) / 2, bottom + 34, sweep, middle),
    curve("ours"),
    curve("peer"),
  ].join("\n");
}

/** The picture of the figures of `scaling`; a point without a figure is left out. */
export function scalingSvg(figures: readonly Figure[]): string {
  const byName = new Map(figures.map((figure) => [figure.name, figure]));
  const columns = Object.keys(sweeps) as Sweep[], rows = Object.keys(measures) as Measured[];
  const width = panelWidth * columns.length, height = panelHeight * rows.length + 24;
  const legend = height - 12;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" role="img">`,
    `<title>Time and memory against ${columns.join(", ")}: ours and PyTorch</title>`,
    `<style>${style}\n</style>`,
    `<rect class="back" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
    ...rows.flatMap((measure, row) =>
      columns.map((sweep, column) =>
        `<g transform="translate(${column * panelWidth} ${row * panelHeight})">\n${
          panel(measure, sweep, byName)
        }\n</g>`
      )
    ),
    ...(["ours", "peer"] as const).flatMap((side, i) => [
      `<path class="curve ${side}" d="M${left + 90 * i} ${legend - 4}h18"/>`,
      text(left + 90 * i + 24, legend, side === "ours" ? "ours" : "PyTorch"),
    ]),
    `</svg>\n`,
  ].join("\n");
}
