/** What is scaled, and what the figures of it are called. */

/** What is changed, the rest being as published, and to which values. */
export const sweeps = {
  batch: [1, 4, 16, 64],
  tokens: [32, 128, 512],
  pixels: [64, 128, 224, 384],
} as const satisfies Readonly<Record<string, readonly number[]>>;

/** A name of what is changed. */
export type Sweep = keyof typeof sweeps;

/** One value of one sweep. */
export interface Point {
  readonly sweep: Sweep;
  readonly value: number;
}

/** All of a sweep. */
export const pointsOf = (sweep: Sweep): Point[] => sweeps[sweep].map((value) => ({ sweep, value }));

/** What is measured at a point. */
export const measures = { time: "training step", memory: "peak memory" } as const;

/** What a figure is called. */
export const nameOf = (measure: keyof typeof measures, { sweep, value }: Point): string =>
  `${measures[measure]}, ${sweep} ${value}`;
