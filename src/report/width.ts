/** How text fills the cells of a terminal. */
import stringWidth from "string-width";

/** Columns of a terminal where that is not to be learnt. */
export const COLUMNS = 80;

/** How many cells a text takes: two for a wide character, none for a combining mark. */
export const displayWidth = (text: string): number => stringWidth(text);

/** A text of at most `columns` cells; where it is longer, its end is `…`. */
export function clipped(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let kept = "", width = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    width += displayWidth(segment);
    if (width > columns - 1) break;
    kept += segment;
  }
  return columns < 1 ? "" : `${kept}…`;
}

/** A word of a line; the least important gives way first. */
export interface Word {
  /** What it says; empty, it is left out. */
  readonly text: string;
  /** Any number. */
  readonly importance: number;
}

/** Words side by side in at most `columns` cells. */
export function fitted(words: readonly Word[], columns: number): string {
  let kept = words.filter(({ text }) => text !== "");
  const line = () => kept.map(({ text }) => text).join("  ");
  while (kept.length > 1 && displayWidth(line()) > columns) {
    const least = Math.min(...kept.map(({ importance }) => importance));
    kept = kept.toSpliced(kept.findIndex(({ importance }) => importance === least), 1);
  }
  return clipped(line(), columns);
}
