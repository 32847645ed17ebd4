/** What is scaled, and what the figures of it are called. */

/** What is changed, the rest being as published, and to which values. */
export const sweeps = {
  batch: [1, 4, 16, 64],
  tokens: [32, 128, 512],
  pixels: [64, 128, 224, 384],
  rows: [1000, 10_000, 100_000],
} as const satisfies Readonly<Record<string, readonly number[]>>;

/** A name of what is changed. */
export type Sweep = keyof typeof sweeps;

/** One value of one sweep. */
export interface Point<Of extends Sweep = Sweep> {
  readonly sweep: Of;
  readonly value: number;
}

/** All of a sweep. */
export const pointsOf = <Of extends Sweep>(sweep: Of): Point<Of>[] =>
  sweeps[sweep].map((value) => ({ sweep, value }));

/** What is measured at a point, and its unit. */
export const measures = { time: "s", memory: "GB" } as const;

/** One of them. */
export type Measured = keyof typeof measures;

/** What a measure of a sweep is called. */
export const titleOf = (measure: Measured, sweep: Sweep): string =>
  measure === "memory" ? "peak memory" : sweep === "rows" ? "cache and epoch" : "training step";

/** What a figure is called. */
export const nameOf = (measure: Measured, { sweep, value }: Point): string =>
  `${titleOf(measure, sweep)}, ${sweep} ${value}`;
