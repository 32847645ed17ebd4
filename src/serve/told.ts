/** What is told of an example: its labels with their probabilities, and what each modality says alone. */
import type { Example } from "../data/source.ts";
import { NO_POSTER } from "./fields.ts";
import type { Predictor, Prepared } from "./predictor.ts";

/** One label of an example. */
export interface Told {
  readonly label: string;
  /** Of poster and plot together, from 0 to 1. */
  readonly probability: number;
  /** Of the poster with an empty plot; there when asked for. */
  readonly imageOnly?: number;
  /** Of the plot with a grey poster; there when asked for. */
  readonly textOnly?: number;
}

/**
 * The examples that tell what modalities say: both together, and, to explain, the poster with an empty plot ("image
 * only") and the plot with a grey poster, every pixel 128 of 255 ("text only"). The same weights look at all of them:
 * a modality that says nothing is given the emptiest input there is, which the model has not been trained on.
 */
export const variants = ({ image, text }: Example, explain: boolean): readonly Example[] =>
  explain ? [{ image, text }, { image, text: "" }, { image: NO_POSTER, text }] : [{ image, text }];

/** Makes the variants of an example ready. */
export const prepared = async (
  predictor: Pick<Predictor, "prepare">,
  example: Example,
  explain: boolean,
): Promise<Prepared[]> => {
  const all: Prepared[] = [];
  for (const each of variants(example, explain)) all.push(await predictor.prepare(each));
  return all;
};

/** The labels, most probable first, of the probabilities of an example's variants. */
export function told(labels: readonly string[], [both, image, text]: readonly Float32Array[]): Told[] {
  return labels
    .map((label, i) => ({
      label,
      probability: both[i],
      ...(image !== undefined && { imageOnly: image[i], textOnly: text[i] }),
    }))
    .sort((a, b) => b.probability - a.probability);
}
