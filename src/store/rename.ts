/** From the names in other people's checkpoints to a model's: pure functions of a name. */

/** The model's name for a foreign name; undefined drops the array. */
export type Rename = (name: string) => string | undefined;

/**
 * Hugging Face's BERT checkpoints (`google-bert/bert-base-uncased`) to the names of transformers' `BertModel`: no
 * `bert.` in front, LayerNorm's `gamma` and `beta` as `weight` and `bias`, no pre-training heads and no position numbers.
 *
 * ```ts
 * import { bertNames } from "./rename.ts";
 * console.assert(bertNames("bert.embeddings.LayerNorm.gamma") === "embeddings.LayerNorm.weight");
 * console.assert(bertNames("cls.predictions.bias") === undefined);
 * ```
 */
export function bertNames(name: string): string | undefined {
  const own = name.replace(/^bert\./, "");
  if (own.startsWith("cls.") || own === "embeddings.position_ids") return undefined;
  return own.replace(/LayerNorm\.gamma$/, "LayerNorm.weight").replace(/LayerNorm\.beta$/, "LayerNorm.bias");
}

/** torchvision's and timm's ResNets already have the model's names; their classifier is dropped. */
export const resnetNames = (name: string): string | undefined => name.startsWith("fc.") ? undefined : name;

/**
 * torchvision's VGGs already have the model's names; timm's have others for the hidden layers behind the convolutions.
 * The classifier is dropped.
 */
export function vggNames(name: string): string | undefined {
  if (name.startsWith("classifier.6.") || name.startsWith("head.fc.")) return undefined;
  return name.replace(/^pre_logits\.fc1\./, "classifier.0.").replace(/^pre_logits\.fc2\./, "classifier.3.");
}
