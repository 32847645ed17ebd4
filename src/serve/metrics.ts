/** Counts of a server as Prometheus reads them. */

/** Upper bounds of a histogram's buckets, ascending; `+Inf` comes by itself. */
type Bounds = readonly number[];

/** Seconds: from a small model's answer to a large one's on a busy processor. */
const SECONDS: Bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const ROWS: Bounds = [1, 2, 4, 8, 16, 32, 64];

/** Observations by bucket. */
interface Histogram {
  observe(value: number): void;
  lines(): string[];
}

/** What a server counts. */
export interface Metrics {
  /** A request has been answered; the time counts where the answer is a prediction. */
  answered(path: string, status: number, seconds: number): void;
  /** A batch has been worked on. */
  batch(rows: number, seconds: number): void;
  /** The text of `/metrics`; `underWay` is the number of predictions begun and not answered. */
  text(underWay: number): string;
}

function histogram(name: string, help: string, bounds: Bounds): Histogram {
  const counts = [...bounds, Infinity].map(() => 0);
  let sum = 0;
  return {
    observe: (value) => {
      sum += value;
      const at = bounds.findIndex((bound) => value <= bound);
      counts[at === -1 ? bounds.length : at]++;
    },
    lines: () => {
      let below = 0;
      return [
        `# HELP ${name} ${help}`,
        `# TYPE ${name} histogram`,
        ...counts.map((count, i) => `${name}_bucket{le="${bounds[i] ?? "+Inf"}"} ${below += count}`),
        `${name}_sum ${sum}`,
        `${name}_count ${below}`,
      ];
    },
  };
}

/**
 * Starts at 0.
 * Source of the format: https://prometheus.io/docs/instrumenting/exposition_formats/ (text, version 0.0.4)
 */
export function metrics(): Metrics {
  const requests = new Map<string, number>();
  const seconds = histogram(
    "onesheet_prediction_seconds",
    "From a request for a prediction to its answer, of answers with status 200.",
    SECONDS,
  );
  const rows = histogram("onesheet_batch_rows", "Examples in a batch of the model.", ROWS);
  const batchSeconds = histogram("onesheet_batch_seconds", "What a batch of the model took.", SECONDS);
  return {
    answered: (path, status, took) => {
      const key = `path="${path}",status="${status}"`;
      requests.set(key, (requests.get(key) ?? 0) + 1);
      if (path === "/predict" && status === 200) seconds.observe(took);
    },
    batch: (count, took) => {
      rows.observe(count);
      batchSeconds.observe(took);
    },
    text: (underWay) =>
      [
        "# HELP onesheet_requests_total Requests answered.",
        "# TYPE onesheet_requests_total counter",
        ...Array.from(requests, ([key, count]) => `onesheet_requests_total{${key}} ${count}`),
        "# HELP onesheet_predictions_under_way Predictions begun and not answered.",
        "# TYPE onesheet_predictions_under_way gauge",
        `onesheet_predictions_under_way ${underWay}`,
        ...seconds.lines(),
        ...rows.lines(),
        ...batchSeconds.lines(),
        "",
      ].join("\n"),
  };
}
