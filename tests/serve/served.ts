/** A small run behind a server of the test's own process, on loopback. */
import { loadRun } from "../../src/cli/recipes.ts";
import { chooseEngine } from "../../src/engine/choose.ts";
import { usualBatching } from "../../src/serve/answers.ts";
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

/** Trains the small quickstart for an epoch, and opens it. */
export const withRun = (test: (served: Served) => Promise<void>): Promise<void> =>
  withPlace(async (place) => {
    await trainSmall(place, "--epochs", "1");
    const { folder, recipe } = await loadRun(`${place.folder}/run`);
    const { engine } = await chooseEngine("portable");
    using predictor = await openPredictor(folder, recipe, engine);
    const during: Served["during"] = async (options, test) => {
      const serving = await serve(predictor, {
        hostname: "127.0.0.1",
        port: 0,
        limits: usualLimits,
        batching: usualBatching,
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
    };
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
