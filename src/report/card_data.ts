/** What the data of a run is called on its model card. */
import { win32 } from "node:path";
import type { CardData } from "./model_card.ts";

/** The data of a recipe, as it is saved: the name of its source, and settings. */
export interface DataSettings {
  readonly name: string;
  /** A data set of the hub. */
  readonly repo?: string;
  /** A file of rows. */
  readonly file?: string;
  /** Of a graph: the source that it is of. */
  readonly of?: DataSettings;
}

/**
 * By its repository, or by the last name of the folder or file that it was read from; a source without either is its own
 * name. `folder` is what was given in place of the recipe's data.
 */
export function cardData({ name, repo, file, of }: DataSettings, folder?: string): CardData {
  if (of !== undefined) return { ...cardData(of, folder), source: name };
  if (folder !== undefined) return { name: win32.basename(folder) || name, source: name, onHub: false };
  if (typeof repo === "string") return { name: repo, source: name, onHub: true };
  return { name: typeof file === "string" ? win32.basename(file) : name, source: name, onHub: false };
}
