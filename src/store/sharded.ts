/** Several safetensors files as one, by the index that transformers writes beside them. */
import { dirname, join } from "node:path";
import { OnesheetError } from "../base/errors.ts";
import { readSafetensorsIndex, SAFETENSORS_INDEX } from "../base/safetensors_index.ts";
import type { TensorEntry } from "./header.ts";
import { openSafetensors, type SafetensorsFile } from "./safetensors.ts";

/** Opens the files that an index names; errors of `openSafetensors`, and a tensor that its file does not have. */
async function openSharded(path: string): Promise<SafetensorsFile> {
  const files = await readSafetensorsIndex(path), folder = dirname(path);
  using opening = new DisposableStack();
  const parts = new Map<string, SafetensorsFile>(), entries = new Map<string, TensorEntry>();
  for (const name of new Set(files.values())) {
    parts.set(name, opening.use(await openSafetensors(join(folder, name))));
  }
  for (const [tensor, file] of files) {
    const entry = parts.get(file)!.entries.get(tensor);
    if (entry === undefined) {
      throw new OnesheetError(
        `Cannot read "${tensor}" of "${path}": expected it in ${file}, found no such tensor there; fetch or save all ` +
          "files again",
      );
    }
    entries.set(tensor, entry);
  }
  const open = opening.move();
  return {
    path,
    entries,
    metadata: {},
    read: async (name) => await (parts.get(files.get(name) ?? "") ?? parts.values().next().value!).read(name),
    [Symbol.dispose]: () => open.dispose(),
  };
}

/**
 * Opens weights: a safetensors file, or several through their index, `model.safetensors.index.json`.
 *
 * Errors: as `openSafetensors`; an index that is none, or whose files do not have what it says.
 */
export const openWeights = (path: string): Promise<SafetensorsFile> =>
  path.endsWith(SAFETENSORS_INDEX) ? openSharded(path) : openSafetensors(path);
