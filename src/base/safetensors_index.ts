/** Where the tensors of a model lie that was saved in several files: `model.safetensors.index.json` of transformers. */
import { fieldFault, isObject, readJson, show } from "./json.ts";

/** Name of the file that holds all of a model's tensors. */
export const SAFETENSORS = "model.safetensors";

/** Name of the file that says which of several others holds which tensor. */
export const SAFETENSORS_INDEX = `${SAFETENSORS}.index.json`;

interface Index {
  readonly weight_map: Readonly<Record<string, string>>;
}

/** What keeps a value from being an index of files in the same folder. */
function indexFault(value: unknown): string | undefined {
  const fault = fieldFault(value, { weight_map: "an object" });
  if (fault !== undefined || !isObject(value) || !isObject(value.weight_map)) return fault;
  for (const [tensor, file] of Object.entries(value.weight_map)) {
    if (typeof file === "string" && /^[^/\\:\p{Cc}]+\.safetensors$/u.test(file)) continue;
    return `expected a safetensors file beside it for ${show(tensor)}, found ${show(file)}`;
  }
}

/**
 * The file of each tensor in an index, by the tensor's name. Errors: a file that is no index, or names files elsewhere; a
 * file that is not there is `Deno.errors.NotFound`.
 */
export async function readSafetensorsIndex(path: string): Promise<ReadonlyMap<string, string>> {
  return new Map(Object.entries((await readJson<Index>(path, indexFault)).weight_map));
}

/** The way out of weights that are only there as a pickle, which would run code: `from` is a folder or a repository. */
export const convert = (from: string): string =>
  `convert it in Python: AutoModel.from_pretrained("${from}").save_pretrained("FOLDER") of transformers writes ${SAFETENSORS}`;
