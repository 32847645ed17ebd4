/** What a request asks for: the path and the query of its target, whatever its `Host` says. */

/** The parts of a request's target. */
export interface Target {
  /** The host of a target that is a whole address. */
  readonly host?: string;
  /** Begins with a slash. */
  readonly path: string;
  /** Names of the query's parameters. */
  readonly parameters: readonly string[];
}

const WHOLE = /^https?:\/\/([^/?#]*)([^#]*)/i;

/** Reads a target as HTTP/1.1 sends it; undefined for one that names no path, such as `*`. */
export function targetOf(target: string): Target | undefined {
  const [, host, rest = target] = WHOLE.exec(target) ?? [];
  const [path] = rest.split("?", 1), query = rest.slice(path.length + 1);
  if (host === undefined && !path.startsWith("/")) return undefined;
  const parameters = [...new URLSearchParams(query).keys()];
  return { ...(host !== undefined && { host }), path: path || "/", parameters };
}
