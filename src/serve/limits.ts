/** What a server takes, and the answers to what it does not. */

/** The limits of a server. */
export interface Limits {
  /** Bytes of a request's body, also when it is decompressed. */
  readonly bytes: number;
  /** Pixels of a poster, as its header claims them. */
  readonly pixels: number;
  /** Tokens of a plot. The model reads as many as its recipe says and leaves out the rest. */
  readonly tokens: number;
  /** Predictions under way at the same time. */
  readonly concurrency: number;
  /** Seconds that a body may take to arrive. */
  readonly seconds: number;
}

/** Limits unless given. */
export const usualLimits: Limits = {
  bytes: 10 * 2 ** 20,
  pixels: 25e6,
  tokens: 2048,
  concurrency: 128,
  seconds: 30,
};

/** Characters of a plot for each token it may have: more is refused before it is tokenized. */
export const CHARACTERS_A_TOKEN = 32;

/** Bytes of all bodies together that wait for an answer, at least; two of the largest bodies are always held. */
const HELD = 64 * 2 ** 20;

/** Bytes of all bodies together that are held at the same time. */
export const heldBytes = ({ bytes }: Pick<Limits, "bytes">): number => Math.max(HELD, 2 * bytes);

/** An answer that refuses a request, with a sentence for whoever sent it. */
export class Refusal extends Error {
  /** What a stack calls it. */
  override name = "Refusal";
  /** The HTTP status. */
  readonly status: 400 | 404 | 405 | 408 | 413 | 415 | 421 | 422 | 429 | 503;
  /** Headers beside the usual. */
  readonly headers: Readonly<Record<string, string>>;
  /** A refusal with this status and sentence. */
  constructor(status: Refusal["status"], sentence: string, headers: Readonly<Record<string, string>> = {}) {
    super(sentence);
    this.status = status;
    this.headers = headers;
  }
}
