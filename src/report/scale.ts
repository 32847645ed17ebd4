/** Axes of a chart: where a value lies, and where the lines of the grid are. */

/** From values to shares of the axis. */
export interface Scale {
  /** Marks from one end of the axis to the other. */
  readonly ticks: readonly { readonly share: number; readonly text: string }[];
  /** Where a value lies, 0 to 1; undefined for a value that cannot be drawn. */
  share(value: number | null): number | undefined;
}

const isNumber = (value: number | null): value is number => value !== null && Number.isFinite(value);

/** The least of …, 0.5, 1, 2, 5, 10, … that cuts `span` into at most `most` steps. */
export function stepOf(span: number, most: number): number {
  const power = 10 ** Math.floor(Math.log10(span / most));
  // The allowance keeps 0.6 / 6 from being more than 0.1.
  return [1, 2, 5, 10].map((n) => n * power).find((step) => span / step <= most + 1e-9) ?? 10 * power;
}

/** From 0 to the greatest value, rounded up to a whole step; values below 0 cannot be drawn. */
export function linear(values: readonly (number | null)[]): Scale {
  const greatest = Math.max(0, ...values.filter(isNumber)) || 1;
  const step = stepOf(greatest, 5);
  const steps = Math.ceil(greatest / step - 1e-9);
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  return {
    ticks: Array.from(
      { length: steps + 1 },
      (_, i) => ({ share: i / steps, text: (i * step).toFixed(digits) }),
    ),
    share: (value) => isNumber(value) && value >= 0 ? value / (steps * step) : undefined,
  };
}
