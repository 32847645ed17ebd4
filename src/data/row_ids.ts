/** What tells the rows of a data set from each other when they are moved, added to or changed: their content. */
import { createHash } from "node:crypto";
import type { Corpus } from "./corpus.ts";
import type { RowIdentity } from "./source.ts";

/** Hexadecimal digits of an id: enough for any number of rows. */
const DIGITS = 24;

/** A row's content without its number among equal rows. */
export const contentOf = (id: string): string => id.slice(0, DIGITS);

/** An id for each example, in order: a digest of its text and image, and `#1`, `#2`, … for those that are the same again. */
export async function rowIds(corpus: Pick<Corpus, "imageDigests" | "texts">): Promise<readonly string[]> {
  const images = await corpus.imageDigests(), seen = new Map<string, number>(), ids: string[] = [];
  for (const text of corpus.texts()) {
    const content = createHash("sha256").update(images[ids.length]).update(text).digest("hex").slice(
      0,
      DIGITS,
    );
    const before = seen.get(content) ?? 0;
    seen.set(content, before + 1);
    ids.push(before === 0 ? content : `${content}#${before}`);
  }
  return ids;
}

/** What the examples of a side are. */
export function identitiesOf(
  corpus: Pick<Corpus, "labels" | "labelsOf">,
  ids: readonly string[],
  side: Int32Array,
): RowIdentity[] {
  const positions = new Map(corpus.labels.map((label, position) => [label, position]));
  return Array.from(side, (example) => ({
    id: ids[example],
    labels: [...new Set(corpus.labelsOf(example))].map((label) => positions.get(label)!).sort((a, b) =>
      a - b
    ),
  }));
}
