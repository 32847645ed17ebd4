/** Where data is fetched from and kept. */
import { homedir } from "node:os";
import { join } from "node:path";
import { cacheFolder } from "../base/cache.ts";
import { inSandbox } from "../base/sandbox.ts";
import type { Patience } from "../base/retry.ts";
import { decodeText } from "../base/text.ts";
import { expanded, ifReadable, type Lookup } from "../base/user_path.ts";

/** The hub and the cache folders. */
export interface Places {
  /** The hub's address, without a slash at the end. */
  readonly hub: string;
  /** For repositories that need one. */
  readonly token: string | undefined;
  /** Folder for what can be fetched or made again. */
  readonly cache: string;
  /** The cache of Hugging Face's own tools: read where it has what is asked for, never written to. */
  readonly shared?: string;
  /** Whether the network is left alone. */
  readonly offline?: boolean;
  /** How long a bad network is borne with, where it differs from the usual. */
  readonly patience?: Partial<Patience>;
}

/** The token that `hf auth login` has left, if any. */
function tokenIn(path: string): string | undefined {
  try {
    return Deno.statSync(path).isFile ? decodeText(Deno.readFileSync(path)).trim() : undefined;
  } catch {
    return undefined;
  }
}

/** The path in a variable; undefined where it is empty or not set. */
function pathOf(variable: Lookup, name: string): string | undefined {
  const path = variable(name);
  return path ? expanded(path, variable) : undefined;
}

const homeOf = (variable: Lookup): string =>
  pathOf(variable, "HF_HOME") ??
    join(pathOf(variable, "XDG_CACHE_HOME") ?? join(homedir(), ".cache"), "huggingface");

/** The file that may hold the token: `HF_TOKEN_PATH`, else `HF_HOME/token`. */
export const tokenPath = (variable: Lookup): string =>
  pathOf(variable, "HF_TOKEN_PATH") ?? join(homeOf(variable), "token");

/** The files in which Hugging Face's tools keep tokens. */
export const tokenPaths = (variable: Lookup): string[] => [
  tokenPath(variable),
  join(homeOf(variable), "stored_tokens"),
];

/**
 * As the environment has it, read as Hugging Face's tools do: `HF_ENDPOINT`, else huggingface.co; `HF_TOKEN`, else the
 * file `HF_TOKEN_PATH`, else `HF_HOME/token`; `HF_HUB_CACHE`, else `HUGGINGFACE_HUB_CACHE`, else `HF_HOME/hub`;
 * `HF_HUB_OFFLINE`. Default of `HF_HOME`: `~/.cache/huggingface`. Their paths may hold `~` and `$NAME`. `variable` looks up the
 * environment.
 */
export function usualPlaces(
  variable: Lookup = (name) => Deno.env.get(name),
): Places {
  // The sandbox has no network, and no token to lose.
  const token = inSandbox() ? undefined : variable("HF_TOKEN")?.trim() || tokenIn(tokenPath(variable));
  return {
    hub: (variable("HF_ENDPOINT") || "https://huggingface.co").replace(/\/+$/, ""),
    token: token || undefined,
    cache: cacheFolder(variable),
    shared: pathOf(variable, "HF_HUB_CACHE") ??
      pathOf((name) => ifReadable(variable, name), "HUGGINGFACE_HUB_CACHE") ?? join(homeOf(variable), "hub"),
    offline: /^(1|on|yes|true)$/i.test(variable("HF_HUB_OFFLINE") ?? ""),
  };
}
