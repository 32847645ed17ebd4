import type { Scope } from "../src/dsl/node.ts";

/** A dropout rate; one outside [0, 1) is an error. */
export const checkedRate = (rate: number, at: Scope): number =>
  rate >= 0 && rate < 1 ? rate : at.fail(`expected a dropout rate in [0, 1), found ${rate}`);
