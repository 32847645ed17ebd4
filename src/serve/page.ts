/** The page at `/`: plain files beside this one, which are told the fields that the model reads. */
import type { Field } from "./fields.ts";

const files = {
  "/": ["page.html", "text/html; charset=utf-8"],
  "/page.css": ["page.css", "text/css; charset=utf-8"],
  "/page.js": ["page.js", "text/javascript; charset=utf-8"],
} as const;

/** The page asks nobody but its own server, and runs nothing but its own file. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** A file of the page with its headers. */
export interface PageFile {
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The files of the page by path, read once. The page has a field for each of these. */
export async function pageFiles(fields: readonly Field[]): Promise<ReadonlyMap<string, PageFile>> {
  const read = Object.entries(files).map(async ([path, [name, type]]) => {
    const written = await Deno.readTextFile(new URL(`page/${name}`, import.meta.url));
    const text = written.replace('data-fields="poster plot"', `data-fields="${fields.join(" ")}"`);
    const headers = { "content-type": type, "content-security-policy": policy, "cache-control": "no-cache" };
    return [path, { text, headers }] as const;
  });
  return new Map(await Promise.all(read));
}
