/** Questions to answers: examples prepared a few at a time, predicted in batches with those of other requests. */
import { OnesheetError } from "../base/errors.ts";
import { batcher, type Batching } from "./batcher.ts";

import { gate } from "./gate.ts";
import { CHARACTERS_A_TOKEN, type Limits, Refusal } from "./limits.ts";
import type { Metrics } from "./metrics.ts";
import type { Predictor, Prepared } from "./predictor.ts";
import type { Question } from "./question.ts";
import { prepared, type Told, told } from "./told.ts";

/** Answers a question. Throws `Refusal` where it is the question's fault. */
export type Answers = (question: Question) => Promise<Told[]>;

/** Batches unless given: what came within 5 milliseconds, at most 16 examples. */
export const usualBatching: Batching = { most: 16, wait: 5 };

function demandTokens(text: string, most: number, predictor: Pick<Predictor, "countTokens">): void {
  const characters = most * CHARACTERS_A_TOKEN;
  const found = text.length > characters
    ? `${text.length} characters`
    : (predictor.countTokens(text, most) ?? 0) > most
    ? "more"
    : undefined;
  if (found === undefined) return;
  throw new Refusal(
    422,
    `Cannot predict: expected a plot of at most ${most} tokens, found ${found}; make it shorter`,
  );
}

/** Answers by a predictor; decodes as many posters at a time as the machine has cores. */
export function answers(
  predictor: Predictor,
  { tokens }: Pick<Limits, "tokens">,
  batching: Batching,
  metrics: Pick<Metrics, "batch">,
): Answers {
  const pass = gate(navigator.hardwareConcurrency);
  const queue = batcher<Prepared, Float32Array>(async (examples) => {
    const start = performance.now();
    const found = await predictor.predict(examples);
    metrics.batch(examples.length, (performance.now() - start) / 1000);
    return found;
  }, batching);
  return async ({ explain, ...example }) => {
    demandTokens(example.text, tokens, predictor);
    const examples = await pass(() => prepared(predictor, example, explain)).catch((error) => {
      throw error instanceof OnesheetError ? new Refusal(422, error.message) : error;
    });
    return told(predictor.labels, await Promise.all(examples.map((each) => queue.add(each))));
  };
}

/** Traces and runs the batches that there may be, so that no request waits for that. */
export async function warmUp(predictor: Predictor, example: Prepared, { most }: Batching): Promise<void> {
  for (let rows = 1; rows < 2 * most; rows *= 2) {
    await predictor.predict(Array.from({ length: Math.min(rows, most) }, () => example));
  }
}
