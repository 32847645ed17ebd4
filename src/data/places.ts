/** Where data is fetched from and kept. */
import { cacheFolder } from "../base/cache.ts";

/** The hub and the cache folder. */
export interface Places {
  /** The hub's address, without a slash at the end. */
  readonly hub: string;
  /** For repositories that need one. */
  readonly token: string | undefined;
  /** Folder for what can be fetched or made again. */
  readonly cache: string;
}

/** As the environment has it: `HF_ENDPOINT`, else huggingface.co; `HF_TOKEN`; the cache folder. */
export const usualPlaces = (): Places => ({
  hub: (Deno.env.get("HF_ENDPOINT") || "https://huggingface.co").replace(/\/+$/, ""),
  token: Deno.env.get("HF_TOKEN") || undefined,
  cache: cacheFolder(),
});
