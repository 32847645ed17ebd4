/** Many rows to lines of JSON, in batches. */
import { OnesheetError } from "../base/errors.ts";
import { show } from "../base/json.ts";
import { fileFault } from "../base/regular_file.ts";
import { readImage } from "../data/image_file.ts";
import { NO_POSTER } from "../serve/fields.ts";
import { type Predictor, type Prepared } from "../serve/predictor.ts";
import { prepared, told } from "../serve/told.ts";
import type { Asked, Place, Row } from "./rows.ts";
import { jsonText } from "./terminal.ts";

/** Lines of JSON without their ends. */
export type Lines = AsyncIterable<string>;

/** How rows are predicted. */
export interface RowsOptions {
  /** Tell what each modality says alone. */
  readonly explain: boolean;
  /** Fail at the first row that cannot be used. */
  readonly strict: boolean;
  /** Hears of each row that cannot be used, and of their number. */
  readonly tell: (line: string) => void;
}

/** Rows of a batch. */
const BATCH = 16;

interface Ready {
  readonly place: Place;
  readonly asked: Asked;
  readonly examples: readonly Prepared[];
}

const named = (place: Place): string => "line" in place ? `line ${place.line}` : place.file;

async function ready(predictor: Predictor, row: Row, explain: boolean): Promise<Ready | string> {
  const place: Place = "line" in row ? { line: row.line } : { file: row.file };
  if ("fault" in row) return `${named(place)}: ${row.fault}`;
  const { asked } = row;
  try {
    const { poster } = asked;
    const image = poster === undefined ? NO_POSTER : await readImage(poster).catch((cause) => {
      throw new OnesheetError(`Cannot read the poster ${show(poster)}: ${fileFault(cause)}`, { cause });
    });
    return { place, asked, examples: await prepared(predictor, { image, text: asked.plot }, explain) };
  } catch (error) {
    if (error instanceof OnesheetError) return `${named(place)}: ${error.message}`;
    throw error;
  }
}

async function answered(predictor: Predictor, rows: readonly Ready[]): Promise<string[]> {
  const probabilities = await predictor.predict(rows.flatMap(({ examples }) => examples));
  const each = probabilities.length / rows.length;
  return rows.map(({ place, asked: { id } }, i) =>
    jsonText({
      ...place,
      ...(id !== undefined && { id }),
      labels: told(predictor.labels, probabilities.slice(i * each, (i + 1) * each)),
    })
  );
}

/**
 * A line for every row that can be used, in order: `{ line or file, id, labels: [{ label, probability, … }] }`. Rows
 * that cannot be used are told and counted, or fail the work when strict.
 */
export async function* predictRows(
  predictor: Predictor,
  rows: AsyncIterable<Row>,
  { explain, strict, tell }: RowsOptions,
): Lines {
  let waiting: Ready[] = [], bad = 0, all = 0;
  for await (const row of rows) {
    all++;
    const found = await ready(predictor, row, explain);
    if (typeof found === "string") {
      bad++;
      if (strict) throw new OnesheetError(`Cannot use ${found}`);
      tell(found);
    } else waiting.push(found);
    if (waiting.length === BATCH) {
      yield* await answered(predictor, waiting);
      waiting = [];
    }
  }
  if (waiting.length > 0) yield* await answered(predictor, waiting);
  if (bad > 0) tell(`${bad} of ${all} rows could not be used and were left out`);
}
