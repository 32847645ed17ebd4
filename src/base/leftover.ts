/** Files that systems and programs leave beside a person's own. */

/**
 * Whether a name is that of a file which nobody means where a folder is listed: hidden ones (`.DS_Store`, `._film.jpg` of
 * Finder and tar, `.~lock.films.csv#`), `~$films.xlsx`, `Thumbs.db`, `desktop.ini`.
 *
 * ```ts
 * import { isLeftover } from "./leftover.ts";
 * console.assert(isLeftover("._films.parquet") && !isLeftover("films.parquet"));
 * ```
 */
export const isLeftover = (name: string): boolean => /^(\.|~\$)|^(thumbs\.db|desktop\.ini)$/i.test(name);
