/**
 * Charts by Vega-Lite as SVG, which needs no DOM. Its modules are loaded with the first chart, so that what draws none
 * starts as fast as before. Texts and axes have the colour of the page around them.
 */
import type { TopLevelSpec } from "vega-lite";

/** Colours of series; each has a contrast of 3 or more against both backgrounds of `page.ts`. */
export const colours: readonly string[] = ["#2f7ce0", "#d9580f", "#2f9455", "#9a5fe0"];
/** Dashes of series, for those who cannot tell the colours apart. */
const dashes = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3]];

/** A point of a series; without a number it is a gap. */
export interface Point {
  readonly x: number;
  readonly y: number | null;
  readonly series: string;
}

/** Lines over numbers. */
export interface Lines {
  readonly title: string;
  readonly points: readonly Point[];
  /** In the order of the legend; one needs none. */
  readonly series: readonly string[];
  /** What `x` is. */
  readonly of: string;
  /** From 0 to the greatest value, by powers of ten, or from 0 to 1. */
  readonly scale?: "from 0" | "powers" | "shares";
  /** Pixels of the plot itself. */
  readonly size?: readonly [width: number, height: number];
  /** Mark the points, where they are few. */
  readonly dots?: boolean;
}

const text = { labelColor: "currentColor", titleColor: "currentColor" };
const config = {
  aria: false,
  background: "transparent",
  font: "system-ui, sans-serif",
  view: { stroke: null },
  axis: {
    ...text,
    ...{
      gridColor: "currentColor",
      gridOpacity: 0.15,
      domainColor: "currentColor",
      tickColor: "currentColor",
    },
    ...{ labelFontSize: 11, titleFontSize: 11, titleFontWeight: "normal" },
  },
  legend: {
    ...text,
    labelFontSize: 11,
    orient: "top",
    symbolStrokeWidth: 2.5,
    symbolSize: 200,
    columnPadding: 4,
  },
  title: { color: "currentColor", fontSize: 13, anchor: "start" },
};

const isDrawn = (y: number | null, scale: Lines["scale"]): boolean =>
  y !== null && Number.isFinite(y) && (scale !== "powers" || y > 0);

/** A chart as Vega-Lite takes it. */
export type Spec = Readonly<Record<string, unknown>>;

/**
 * A person's name for a thing as a value: Vega takes values for names of properties, and this may be one that every
 * object has, such as `__proto__`. {@link unkeyed} takes the sign away again.
 */
const key = (name: string): string => `=${name}`;
const unkeyed = { labelExpr: "slice(datum.value, 1)" };

/** A title, cut to a width in pixels. */
const titled = (title: string, limit: number) => ({
  title: { text: { expr: `slice(${JSON.stringify(key(title))}, 1)` }, limit },
});

/** The series of a chart as Vega-Lite takes it. */
export function linesSpec(
  { title, points, series, of, scale = "from 0", size: [width, height] = [260, 180], dots = false }: Lines,
): Spec {
  const scales = {
    "from 0": { zero: true },
    powers: { type: "log", nice: true },
    shares: { domain: [0, 1] },
  };
  const domain = series.map(key), range = series.map((_, i) => colours[i % colours.length]);
  const bySeries = { field: "series", type: "nominal", sort: null, title: null };
  // Long names stand below each other: beside each other they would make the chart small.
  const columns = Math.max(...series.map((name) => name.length)) > 12 ? { columns: 1 } : {};
  const legend = { legend: series.length === 1 ? null : { ...columns, ...unkeyed } };
  const color = { ...bySeries, ...legend, scale: { domain, range } };
  const strokeDash = {
    ...{ ...bySeries, ...legend },
    scale: { domain, range: series.map((_, i) => dashes[Math.floor(i / 4 + i) % 4]) },
  };
  // Without a scale: Vega-Lite takes legends of equal domains for one, and would leave out all of them with this.
  const fill = { field: "colour", type: "nominal", scale: null };
  const line = { type: "line", strokeWidth: 2, invalid: "break-paths-show-domains" };
  const point = { type: "point", filled: true, size: 22, opacity: 1 };
  return {
    ...{ ...titled(title, width), width, height },
    data: {
      values: points.map(({ x, y, series: name }) => ({
        ...{ x, y: isDrawn(y, scale) ? y : null, series: key(name), colour: range[series.indexOf(name)] },
      })),
    },
    encoding: {
      x: {
        ...{ field: "x", type: "quantitative", title: of },
        axis: { grid: false, tickCount: 6, ...(of === "epoch" && { tickMinStep: 1, format: "d" }) },
        scale: { zero: false, nice: false, ...(scale === "shares" && { domain: [0, 1] }) },
      },
      y: {
        ...{ field: "y", type: "quantitative", title: null },
        axis: { tickCount: 5, ...(scale === "powers" && { format: ".0e" }) },
        scale: scales[scale],
      },
    },
    layer: [
      { mark: line, encoding: { color, strokeDash } },
      ...dots ? [{ mark: point, encoding: { fill } }] : [],
    ],
  };
}

/** A square of shares: how dark a cell is, is its number. */
export function matrixSpec(
  { title, names, cells, rows, columns }: {
    readonly title: string;
    readonly names: readonly string[];
    readonly cells: readonly { readonly row: string; readonly column: string; readonly share: number }[];
    readonly rows: string;
    readonly columns: string;
  },
): Spec {
  const axis = (field: "row" | "column", title: string) => ({
    ...{ field, type: "nominal", sort: names.map(key), title },
  });
  const width = Math.max(160, Math.min(420, names.length * 20));
  return {
    ...{ ...titled(title, width), width, height: width },
    data: {
      values: cells.map(({ row, column, share }) => ({ row: key(row), column: key(column), share })),
    },
    mark: { type: "rect" },
    encoding: {
      x: { ...axis("column", columns), axis: { labelAngle: -90, ...unkeyed } },
      y: { ...axis("row", rows), axis: unkeyed },
      fill: { value: colours[0] },
      opacity: {
        field: "share",
        type: "quantitative",
        scale: { domain: [0, 1], range: [0.04, 1] },
        legend: null,
      },
    },
  };
}

const load = async () => {
  const [vega, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  return { vega, compile };
};
let loaded: ReturnType<typeof load> | undefined;

/** Draws charts beside each other as one SVG; `label` says what they show to those who do not see them. */
export async function draw(label: string, ...specs: readonly Spec[]): Promise<string> {
  const { vega, compile } = await (loaded ??= load());
  const whole = {
    ...(specs.length === 1 ? specs[0] : { hconcat: specs, spacing: 28 }),
    resolve: { scale: { color: "independent", strokeDash: "independent" } },
    config,
  } as unknown as TopLevelSpec;
  const view = new vega.View(vega.parse(compile(whole).spec), { renderer: "none", logLevel: vega.Error });
  const svg = await view.toSVG();
  view.finalize();
  const name = label.replace(/[&<>"]/g, " ");
  // Rounded: a tenth of a pixel is enough, and half of the file.
  return svg.replace(/-?\d+\.\d{2,}/g, (number) => String(Math.round(Number(number) * 100) / 100))
    .replace(
      / role="graphics-\w+"| aria-roledescription="[^"]*"| aria-hidden="true"| aria-label="[^"]*"| pointer-events="none"/g,
      "",
    )
    .replace(/^<svg /, `<svg role="img" aria-label="${name}" `);
}
