/** The system and its PyTorch twin: comparisons that several areas read, made once. */
import { sized } from "../../src/cli/parity.ts";
import { type Check as Compared, parity, readGolden } from "../../src/train/parity.ts";
import type { Check, Context } from "./check.ts";

/** What made the goldens. */
export const PYTORCH = "torch 2.13.0, transformers 5.23.0";

const made = new Map<string, Promise<readonly Compared[]>>();

/** All of `deno task parity` on a folder of goldens. */
const compared = (folder: string, engine: Context["engine"]): Promise<readonly Compared[]> => {
  const known = made.get(folder) ?? (async () => {
    const { recipe, limits } = sized((await readGolden(folder)).size);
    return await parity(await engine(), recipe, folder, limits);
  })();
  made.set(folder, known);
  return known;
};

/** Details by what `parity` calls them, in the tiny size and, where there is a folder for it, at full size. */
export async function parityChecks(
  { goldens, engine, full }: Context,
  details: Readonly<Record<string, { readonly detail: string; readonly unit: string }>>,
): Promise<Check[]> {
  const tiny = await compared(`${goldens}/mini`, engine);
  const large = full === undefined ? undefined : await compared(full, engine);
  const { limits } = sized("full");
  const limitOf: Readonly<Record<string, number>> = {
    "evaluation logits": limits.evaluation,
    "training logits": limits.training,
    "gradient norms (relative)": limits.gradient,
    losses: limits.loss,
    "weights and buffers after the steps (relative)": limits.way,
  };
  return Object.entries(details).flatMap(([what, { detail, unit }]) => {
    const found = (all: readonly Compared[]) => all.find((each) => each.what === what)!;
    const { difference, limit } = found(tiny);
    const checks: Check[] = [{ detail, against: `${PYTORCH}, tiny size`, difference, limit, unit }];
    if (limitOf[what] === undefined) return checks;
    const measured = large === undefined ? { needs: "--full DIR" } : { difference: found(large).difference };
    return [...checks, { detail, against: `${PYTORCH}, full size`, ...measured, limit: limitOf[what], unit }];
  });
}
