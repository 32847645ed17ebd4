import { embedding as lookUp } from "../src/ops/embedding.ts";
import type { Init, Layer } from "../src/dsl/node.ts";
import { normal, withZeroRow } from "./init.ts";

/** Settings of {@link embedding}. */
export interface EmbeddingOptions {
  /** A row that starts at 0 and never gets a gradient. */
  readonly paddingIndex?: number;
  /** First values; standard normal unless given. */
  readonly init?: Init;
}

/**
 * A table of vectors, looked up by int32 ids. `[...] -> [..., features]`.
 *
 * Parameter: `weight` `[rows, features]`.
 */
export const embedding =
  (rows: number, features: number, { paddingIndex, init = normal(1) }: EmbeddingOptions = {}): Layer =>
  (ids, at) => {
    const first = paddingIndex === undefined ? init : withZeroRow(init, paddingIndex);
    const weight = at.weight("weight", [rows, features], first);
    const node = at.node(
      [ids],
      [weight],
      [...ids.shape, features],
      ([ids], [table]) => lookUp(ids, table, paddingIndex),
    );
    return { ...node, looksUp: true };
  };
