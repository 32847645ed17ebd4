/** What a model starts from: random numbers, pretrained weights, a file. */
import { isAbsolute, join } from "node:path";
import { listed, OnesheetError } from "../base/errors.ts";
import { isLeftover } from "../base/leftover.ts";
import { convert, SAFETENSORS, SAFETENSORS_INDEX } from "../base/safetensors_index.ts";
import { fromHome } from "../base/user_path.ts";
import { fetchWeights } from "../data/hub.ts";
import type { OpenOptions } from "../data/source.ts";
import { describe, loadInto } from "../store/load.ts";
import { openWeights } from "../store/sharded.ts";
import type { Memory } from "../tensor.ts";
import type { Recipe } from "./recipe.ts";
import { type Plan, randomize } from "./start.ts";

/** Who hears what is loaded from where, and how far a download is. */
export interface WeightsListener {
  readonly tell: (line: string) => void;
  readonly onProgress?: OpenOptions["onProgress"];
}

/** The weights at a path: the file itself, or the file or index in the folder. */
async function fileAt(path: string): Promise<string> {
  const folder = await Deno.stat(path).then(({ isDirectory }) => isDirectory, () => false);
  if (!folder) return path;
  const names = Array.from(Deno.readDirSync(path), ({ name }) => name).filter((name) => !isLeftover(name));
  const main = [SAFETENSORS, SAFETENSORS_INDEX].find((name) => names.includes(name));
  if (main !== undefined) return join(path, main);
  const others = names.filter((name) => name.endsWith(".safetensors")).sort();
  const pickled = names.find((name) => /\.(bin|pt|pth)$/.test(name));
  const found = others.length > 0
    ? `${listed(others)}; name the file itself`
    : pickled !== undefined
    ? `${listed([pickled])}; ${convert(path)}`
    : "none";
  throw new OnesheetError(
    `Cannot load pretrained weights from "${path}": expected a safetensors file or a folder with ${SAFETENSORS}, ` +
      `found ${found}`,
    { exitCode: 2 },
  );
}

/** The file of pretrained weights: fetched from the hub, or the one on this machine that is named by its path. */
const fileOf = (repo: string, onProgress: WeightsListener["onProgress"]): Promise<string> =>
  isAbsolute(repo) || /^[.~]/.test(repo) ? fileAt(fromHome(repo)) : fetchWeights(repo, onProgress);

/** The files of first weights, those of a graph's node features last; downloads what is not on this machine. */
export async function weightFiles(
  from: string,
  { weights, nodes }: Pick<Recipe, "weights" | "nodes">,
  onProgress?: WeightsListener["onProgress"],
): Promise<string[]> {
  if (from === "random") return [];
  if (from !== "hub") return [await fileAt(from)];
  const files: string[] = [];
  for (const { repo } of [...weights, ...nodes?.weights ?? []]) files.push(await fileOf(repo, onProgress));
  return files;
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
    using file = await openWeights(await fileAt(from));
    await loadInto(memory, model, file, { strict: true });
    return tell(`weights: ${from}`);
  }
  const pretrained = from === "random" ? [] : recipe.weights;
  // Fetched first: a hub that cannot be reached costs nothing but the try.
  const files: string[] = [];
  for (const { repo } of pretrained) files.push(await fileOf(repo, onProgress));
  await randomize(memory, model, recipe.seed);
  for (const [i, { repo, under, rename }] of pretrained.entries()) {
    using file = await openWeights(files[i]);
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
