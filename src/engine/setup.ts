/**
 * Fetches libtensorflow once and keeps it in the cache folder: a pinned Python wheel, by pip or over HTTPS, checked by
 * its SHA-256, of which two libraries are unpacked.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { cacheFolder } from "../base/cache.ts";
import { messageOf, OnesheetError } from "../base/errors.ts";
import { syncFolder } from "../base/files.ts";
import { download } from "./setup/download.ts";
import { findWheel, packageIndex } from "./setup/listing.ts";
import { libraryFolder, type LibraryFiles, locate } from "./setup/locate.ts";
import { hasPip, pipDownload } from "./setup/pip.ts";
import { freeBytes, isNoSpace, noSpace } from "./setup/space.ts";
import { unzip } from "./setup/unzip.ts";
import { libraryNames, platform, platforms, type Wheel, wheelHere } from "./setup/wheel.ts";

export { type LibraryFiles, locate };

/** What `prepare` tells while it works. */
export interface PrepareOptions {
  /** Bytes done and bytes in all, of the download and then of the unpacking. */
  readonly onProgress?: (stage: "download" | "unpack", done: number, total: number) => void;
  /** A line for people about what is done next. */
  readonly log?: (line: string) => void;
}

const ownFolder = `set ONESHEET_TENSORFLOW to a folder that holds ${libraryNames.core} and ${libraryNames.framework}`;

/** A pinned wheel for this machine, or the sentence that there is none. */
function wheelOrError(): Wheel {
  const wheel = wheelHere();
  if (wheel !== undefined) return wheel;
  throw new OnesheetError(
    `Cannot set up libtensorflow for ${platform}: expected one of ${platforms.join(", ")}; use --engine portable, ` +
      `or ${ownFolder}`,
  );
}

const remove = (path: string): Promise<void> =>
  Deno.remove(path, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });

/** Refuses, and removes, a file that is not the pinned one. */
async function verify(path: string, wheel: Wheel): Promise<void> {
  const hash = createHash("sha256");
  for await (const piece of (await Deno.open(path)).readable) hash.update(piece);
  const found = hash.digest("hex");
  if (found === wheel.sha256) return;
  await remove(path);
  throw new OnesheetError(
    `Cannot use ${wheel.file}: expected SHA-256 ${wheel.sha256}, found ${found}; the file was discarded, run the ` +
      "command again or use another package index",
  );
}
