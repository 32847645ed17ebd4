/** Which vocabulary a recipe's texts are tokenized with. */
import { dirname } from "node:path";
import { OnesheetError } from "../base/errors.ts";
import { fetchFile, HubUnreachable } from "./hub.ts";
import { isRepoName } from "./hub/topic.ts";
import { type Places, usualPlaces } from "./places.ts";
import type { OpenOptions } from "./source.ts";
import { loadTokenizer, type Tokenizer, tokenizer } from "./tokens.ts";
import { vocabularyOf } from "./vocabulary.ts";

/** A tokenizer and where its vocabulary is from. */
export interface FoundTokenizer {
  /** The tokenizer. */
  readonly tokenizer: Tokenizer;
  /** A folder, a repository, or that it was made. */
  readonly vocabulary: string;
}

/** The `vocabulary` of a tokenizer that was made for want of a real one. */
export const MADE = "the plots";

/** The `vocabulary` of a tokenizer that was asked to be made. */
const OWN = "the texts themselves";

/** Entries of bert-base-uncased, and so the rows of the token embedding that a made vocabulary may fill. */
const BERT_SIZE = 30522;

/**
 * The tokenizer made from the texts where `vocabulary` is a number of entries, else that of the first of these that has one: the folder `vocabulary`, the data folder, the hub repository
 * `vocabulary`. Where the hub does not answer it is made from the plots, which only weights that start at random can
 * use; `onProgress` is told.
 *
 * Errors: no such folder or repository, or one without a WordPiece vocabulary.
 */
export async function tokenizerFor(
  vocabulary: string | number,
  dataFolder: string | undefined,
  texts: Iterable<string>,
  onProgress?: OpenOptions["onProgress"],
  places: Places = usualPlaces(),
): Promise<FoundTokenizer> {
  if (typeof vocabulary === "number") {
    return { tokenizer: tokenizer({ vocab: vocabularyOf(texts, vocabulary) }), vocabulary: OWN };
  }
  for (const folder of [vocabulary, ...dataFolder === undefined ? [] : [dataFolder]]) {
    const local = await loadTokenizer(folder);
    if (local !== undefined) return { tokenizer: local, vocabulary: folder };
  }
  if (!isRepoName(vocabulary)) {
    throw new OnesheetError(
      `Cannot use the vocabulary "${vocabulary}": expected a folder with tokenizer.json or vocab.txt, found none; ` +
        "give such a folder or a repository such as google-bert/bert-base-uncased",
    );
  }
  try {
    const folder = dirname(await fetchFile(vocabulary, "tokenizer.json", onProgress, places));
    return { tokenizer: (await loadTokenizer(folder))!, vocabulary };
  } catch (error) {
    if (!(error instanceof HubUnreachable)) throw error;
    const entries = vocabularyOf(texts, BERT_SIZE);
    onProgress?.(
      `making a vocabulary of the plots, as ${vocabulary} is out of reach`,
      entries.length,
      entries.length,
    );
    return { tokenizer: tokenizer({ vocab: entries }), vocabulary: MADE };
  }
}
