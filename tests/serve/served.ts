/** A small run behind a server of the test's own process, on loopback. */
import { float32 } from "../../src/base/value.ts";
import { loadRun } from "../../src/cli/recipes.ts";
import { chooseEngine } from "../../src/engine/choose.ts";
import { usualBatching } from "../../src/serve/answers.ts";
import { type Field, FIELDS } from "../../src/serve/fields.ts";
import { usualLimits } from "../../src/serve/limits.ts";
import { openPredictor, type Predictor } from "../../src/serve/predictor.ts";
import { serve, type ServeOptions } from "../../src/serve/server.ts";
import { film } from "../../src/data/drawn.ts";
import { type Place, trainSmall, withPlace } from "../cli/command_line.ts";

/** What a test of a server is given. */
export interface Served {
  readonly place: Place;
  readonly predictor: Predictor;
  /** Serves the run for as long as the test takes; gives what `test` gives. */
  during<T>(options: Partial<ServeOptions>, test: (url: string) => Promise<T>): Promise<T>;
}

/** Serves a predictor for as long as the test takes; gives what `test` gives. */
export async function whileServed<T>(
  predictor: Predictor,
  options: Partial<ServeOptions>,
  test: (url: string) => Promise<T>,
): Promise<T> {
  const serving = await serve(predictor, {
    ...{ hostname: "127.0.0.1", port: 0, limits: usualLimits, batching: usualBatching },
    onFailure: (error) => {
      throw error;
    },
    ...options,
  });
  try {
    return await test(serving.url);
  } finally {
    await serving.stop();
  }
}

/** A predictor without a model, for tests of what is around it: the first label's probability is 0, the last one's 3/4. */
export const standIn = (labels: readonly string[], fields: readonly Field[] = FIELDS): Predictor => ({
  labels,
  fields,
  countTokens: (text) => text.split(" ").length,
  prepare: () => Promise.resolve({ image: float32([1, 1], [0]) }),
  predict: (examples) =>
    Promise.resolve(examples.map(() => Float32Array.from(labels, (_, i) => 0.75 * i / (labels.length - 1)))),
  [Symbol.dispose]: () => {},
});

/** Trains the small quickstart for an epoch, and opens it. */
export const withRun = (test: (served: Served) => Promise<void>): Promise<void> =>
  withPlace(async (place) => {
    await trainSmall(place, "--epochs", "1");
    const { folder, recipe } = await loadRun(`${place.folder}/run`);
    const { engine } = await chooseEngine("portable");
    using predictor = await openPredictor(folder, recipe, engine);
    const during: Served["during"] = (options, test) => whileServed(predictor, options, test);
    await test({ place, predictor, during });
  });

/** A drawn film as a question. */
export const question = (row: number) => {
  const { poster, plot } = film(1, row);
  return { poster: poster.toBase64(), plot };
};

/** Asks in JSON. */
export const ask = (url: string, body: unknown): Promise<Response> =>
  fetch(`${url}predict`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
