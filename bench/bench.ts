/** What a bench is, and how two sides are measured: in turns, so that the machine's mood hits both. */

/** One figure: the median of ours, of the peer's, and of the ratios of their pairs. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  readonly peer?: number;
  /** Ours over the peer's, the median over the pairs. */
  readonly ratio?: number;
  /** The least and the greatest ratio of a pair. */
  readonly spread?: readonly [number, number];
  /** How many pairs; of ours alone, how many measurements. */
  readonly pairs: number;
}

/** The words of `--engine`. */
export const benchEngines = ["cpu", "cuda"] as const;

/** What a bench is told. */
export interface BenchOptions {
  /** Pairs to measure, beside the ones that warm up. */
  readonly pairs: number;
  /** A Python with PyTorch; ours alone is measured without it. */
  readonly python?: string;
  readonly engine: typeof benchEngines[number];
  /** Hears what a person should know about the figures. */
  readonly onNote: (text: string) => void;
}

/** One group of figures, measured together. */
export interface Bench {
  /** What it is called on the command line. */
  readonly name: string;
  /** What it measures, for the help. */
  readonly about: string;
  /** The markers around its table in the README; `table` unless given. */
  readonly section?: string;
  /** A picture of its figures, and the file beside the README that keeps it. */
  readonly picture?: { readonly file: string; readonly draw: (figures: readonly Figure[]) => string };
  run(options: BenchOptions): Promise<Figure[]>;
}

/** Measures once. */
export type Measure = () => Promise<number>;

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** The figure of measurements that belong together by position. */
export function figureOf(
  { name, unit }: Pick<Figure, "name" | "unit">,
  ours: readonly number[],
  peer?: readonly number[],
): Figure {
  const pairs = ours.length;
  if (peer === undefined) return { name, unit, ours: median(ours), pairs };
  const ratios = ours.map((value, i) => value / peer[i]);
  return {
    name,
    unit,
    ours: median(ours),
    peer: median(peer),
    ratio: median(ratios),
    spread: [Math.min(...ratios), Math.max(...ratios)],
    pairs,
  };
}

/** What {@link inTurns} is told. */
export interface Turns {
  readonly pairs: number;
  /** Rounds that are not counted; none unless given. */
  readonly warmUp?: number;
}

/** Measures every side once a round, one after the other; gives each side's values by round. */
export async function inTurns(
  sides: readonly Measure[],
  { pairs, warmUp = 0 }: Turns,
): Promise<number[][]> {
  const values: number[][] = sides.map(() => []);
  for (let round = -warmUp; round < pairs; round++) {
    for (const [i, measure] of sides.entries()) {
      const value = await measure();
      if (round >= 0) values[i].push(value);
    }
  }
  return values;
}

/** Ours against each peer: a figure for each, or one of ours alone. A peer's form, if any, is named behind a comma. */
export async function compare(
  { name, unit }: Pick<Figure, "name" | "unit">,
  ours: Measure,
  peers: readonly { readonly form?: string; readonly measure: Measure }[],
  turns: Turns,
): Promise<Figure[]> {
  const [own, ...others] = await inTurns([ours, ...peers.map(({ measure }) => measure)], turns);
  if (peers.length === 0) return [figureOf({ name, unit }, own)];
  return peers.map(({ form }, i) =>
    figureOf({ name: form === undefined ? name : `${name}, ${form}`, unit }, own, others[i])
  );
}
