/** What a model starts from: random numbers, pretrained weights, a file. */
import { isAbsolute, join } from "node:path";
import { OnesheetError } from "../base/errors.ts";
import { fetchFile } from "../data/hub.ts";
import type { OpenOptions } from "../data/source.ts";
import { describe, loadInto } from "../store/load.ts";
import { openSafetensors } from "../store/safetensors.ts";
import type { Memory } from "../tensor.ts";
import type { Recipe } from "./recipe.ts";
import { type Plan, randomize } from "./start.ts";

/** Who hears what is loaded from where, and how far a download is. */
export interface WeightsListener {
  readonly tell: (line: string) => void;
  readonly onProgress?: OpenOptions["onProgress"];
}

/** The file of pretrained weights: fetched from the hub, or the one on this machine that is named by its path. */
async function fileOf(repo: string, onProgress: WeightsListener["onProgress"]): Promise<string> {
  const name = "model.safetensors";
  if (!isAbsolute(repo) && !repo.startsWith(".")) return await fetchFile(repo, name, onProgress);
  const there = await Deno.stat(repo).catch(() => undefined);
  const path = there?.isDirectory ? join(repo, name) : repo;
  if ((await Deno.stat(path).catch(() => undefined))?.isFile) return path;
  throw new OnesheetError(
    `Cannot load pretrained weights from "${repo}": expected a safetensors file or a folder with ${name}, found none`,
  );
}

/**
 * Puts first weights into the memory.
 *
 * @param from `hub` (the recipe's pretrained weights, the rest at random), `random`, or a safetensors file that has
 * every parameter
 */
export async function putWeights(
  from: string,
  recipe: Recipe,
  { model }: Pick<Plan, "model">,
  memory: Memory,
  { tell, onProgress }: WeightsListener,
): Promise<void> {
  if (from !== "hub" && from !== "random") {
    using file = await openSafetensors(from);
    await loadInto(memory, model, file, { strict: true });
    return tell(`weights: ${from}`);
  }
  const pretrained = from === "random" ? [] : recipe.weights;
  // Fetched first: a hub that cannot be reached costs nothing but the try.
  const files: string[] = [];
  for (const { repo } of pretrained) files.push(await fileOf(repo, onProgress));
  await randomize(memory, model, recipe.seed);
  for (const [i, { repo, under, rename }] of pretrained.entries()) {
    using file = await openSafetensors(files[i]);
    const report = await loadInto(memory, model, file, { under, ...(rename && { rename }) });
    tell(`weights of ${under}: ${repo}, ${describe(report)}`);
  }
  if (pretrained.length === 0) tell(`weights: random, seed ${recipe.seed}`);
}

/** Refuses trained weights with data of which a part, such as the vocabulary, was made up for want of the real one. */
export function demandRealData(makeshift: string | undefined, from: string): void {
  if (makeshift === undefined || from === "random") return;
  throw new OnesheetError(
    `Cannot start from --weights ${from}: ${makeshift} had to be made up because the hub is out of reach, and does not ` +
      "fit weights that were trained; use --weights random, or put tokenizer.json beside the data",
  );
}
