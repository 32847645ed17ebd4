/**
 * The course of a run as one SVG: losses, F1 scores and learning rate over the epochs. Self-contained, light or dark
 * as the reader prefers; colours are set by class because common renderers know neither CSS variables nor scripts.
 */
import { linear, powers, type Scale, stepOf } from "./scale.ts";

/** What is drawn of a line of `metrics.jsonl`. A number that was not finite is null there and leaves a gap. */
export interface CurvePoint {
  /** A whole number, higher from line to line. */
  readonly epoch: number;
  /** The learning rate of the epoch. */
  readonly lr: number | null;
  /** Mean loss over the training rows. */
  readonly train_loss: number | null;
  /** Mean loss over the validation rows. */
  readonly val_loss: number | null;
  /** Mean F1 over the labels, 0 to 1. */
  readonly macro_f1: number | null;
  /** F1 over all decisions, 0 to 1. */
  readonly micro_f1: number | null;
  /** Mean F1 over the labels by their support, 0 to 1. */
  readonly weighted_f1: number | null;
  /** Mean F1 over the rows, 0 to 1. */
  readonly samples_f1: number | null;
}

type Measure = Exclude<keyof CurvePoint, "epoch">;

interface Panel {
  readonly title: string;
  readonly scale: (values: readonly (number | null)[]) => Scale;
  /** What is drawn, and its name in the legend. */
  readonly curves: readonly (readonly [measure: Measure, name: string])[];
}

const panels: readonly Panel[] = [
  { title: "Loss", scale: linear, curves: [["train_loss", "training"], ["val_loss", "validation"]] },
  {
    title: "F1",
    scale: linear,
    curves: [
      ["macro_f1", "macro"],
      ["micro_f1", "micro"],
      ["weighted_f1", "weighted"],
      ["samples_f1", "samples"],
    ],
  },
  { title: "Learning rate", scale: powers, curves: [["lr", "rate"]] },
];

/** Pixels; `left` to `right` and `top` to `bottom` is the plot inside a panel. */
const [panelWidth, height, left, right, top, bottom] = [320, 300, 54, 304, 66, 258];

const style = `
text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:#57606a}
.title{font-size:14px;font-weight:600;fill:#1f2328}
.back{fill:#fff;stroke:#d0d7de}.grid{stroke:#eaeef2}.axis{stroke:#afb8c1}
.curve{fill:none;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}.dot{stroke-width:6}
.a{stroke:#0969da}.b{stroke:#d9480f}.c{stroke:#1a7f37}.d{stroke:#8250df}
.best{fill:#0969da;stroke:#fff;stroke-width:2}
@media (prefers-color-scheme:dark){
text{fill:#9198a1}.title{fill:#f0f6fc}
.back{fill:#0d1117;stroke:#3d444d}.grid{stroke:#21262d}.axis{stroke:#545d68}
.a{stroke:#58a6ff}.b{stroke:#ff8a4c}.c{stroke:#3fb950}.d{stroke:#b083f0}
.best{fill:#58a6ff;stroke:#0d1117}
}`;

const round = (n: number): string => String(Math.round(n * 10) / 10);
const text = (x: number, y: number, words: string | number, rest = ""): string =>
  `<text x="${round(x)}" y="${round(y)}"${rest}>${words}</text>`;
const end = ` text-anchor="end"`, middle = ` text-anchor="middle"`;

/** A point of the picture; undefined where there is nothing to draw. */
type Point = readonly [x: number, y: number] | undefined;

/** One curve: a new stroke after every gap, and a dot (a stroke without length) for a point between gaps. */
function curve(points: readonly Point[], colour: string): string {
  const steps = (each: (at: string, before: Point, after: Point) => string) =>
    points.map((point, i) => point ? each(point.map(round).join(" "), points[i - 1], points[i + 1]) : "")
      .join("");
  const line = steps((at, before) => `${before ? "L" : "M"}${at}`);
  const dots = steps((at, before, after) => before || after ? "" : `M${at}h0`);
  return `<path class="curve ${colour}" d="${line}"/>` +
    (dots && `<path class="curve dot ${colour}" d="${dots}"/>`);
}

/** The greatest macro-F1, told and marked. */
function best(rows: readonly CurvePoint[], points: readonly Point[]): string[] {
  const greatest = Math.max(...rows.map((row) => row.macro_f1 ?? -Infinity));
  const at = rows.findIndex((row) => row.macro_f1 === greatest);
  const point = points[at];
  if (point === undefined) return [];
  const [x, y] = point.map(round);
  return [
    text(right, 28, `best macro ${greatest.toFixed(4)}, epoch ${rows[at].epoch}`, end),
    `<circle class="best" cx="${x}" cy="${y}" r="4.5"/>`,
  ];
}

/** Grid, epochs, curves and legend of one panel. */
function drawPanel({ title, scale, curves }: Panel, rows: readonly CurvePoint[]): string {
  const axis = scale(rows.flatMap((row) => curves.map(([measure]) => row[measure])));
  const first = rows[0].epoch, span = rows[rows.length - 1].epoch - first;
  const x = (epoch: number) =>
    span === 0 ? (left + right) / 2 : left + (right - left) * (epoch - first) / span;
  const y = (share: number) => bottom - (bottom - top) * share;
  const step = span === 0 ? 1 : Math.max(1, stepOf(span, 6));
  const names = curves.map(([_, name]) => name);
  /** Where each name of the legend begins; about 6.8 pixels a letter. */
  const starts = names.map((_, i) =>
    left + names.slice(0, i).reduce((sum, name) => sum + 23 + 6.8 * name.length, 0)
  );
  const points = curves.map(([measure]) =>
    rows.map((row): Point => {
      const share = axis.share(row[measure]);
      return share === undefined ? undefined : [x(row.epoch), y(share)];
    })
  );
  return [
    text(left, 28, title, ` class="title"`),
    ...axis.ticks.flatMap(({ share, text: words }) => [
      `<path class="grid" d="M${left} ${round(y(share))}H${right}"/>`,
      text(left - 8, y(share) + 4, words, end),
    ]),
    `<path class="axis" d="M${left} ${bottom}H${right}"/>`,
    ...rows.filter(({ epoch }) => epoch % step === 0).map(({ epoch }) =>
      text(x(epoch), bottom + 18, epoch, middle)
    ),
    text((left + right) / 2, bottom + 34, "epoch", middle),
    ...names.length === 1 ? [] : names.flatMap((name, i) => [
      `<path class="curve ${"abcd"[i]}" d="M${round(starts[i])} 46h9"/>`,
      text(starts[i] + 14, 50, name),
    ]),
    ...points.map((line, i) => curve(line, "abcd"[i])),
    ...curves[0][0] === "macro_f1" ? best(rows, points[0]) : [],
  ].join("\n");
}

/** The picture of a run; `rows` are the lines of its `metrics.jsonl`, in the order of the epochs. */
export function curvesSvg(rows: readonly CurvePoint[]): string {
  const width = panelWidth * panels.length;
  const inside = rows.length === 0
    ? [text(width / 2, height / 2, "no epoch yet", middle)]
    : panels.map((panel, i) =>
      `<g transform="translate(${i * panelWidth})">\n${drawPanel(panel, rows)}\n</g>`
    );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" role="img">`,
    `<title>Losses, F1 scores and learning rate by epoch</title>`,
    `<style>${style}\n</style>`,
    `<rect class="back" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
    ...inside,
    `</svg>\n`,
  ].join("\n");
}
