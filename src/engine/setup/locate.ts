/** Where libtensorflow lies on this machine. */
import { join } from "node:path";
import { cacheFolder } from "../../base/cache.ts";
import { OnesheetError } from "../../base/errors.ts";
import { libraryNames, version } from "./wheel.ts";

/** The two shared libraries of libtensorflow, present on the disk. */
export interface LibraryFiles {
  /** The folder that holds both. */
  readonly folder: string;
  /** Path of libtensorflow_cc: graphs, sessions, kernels. */
  readonly core: string;
  /** Path of libtensorflow_framework: tensors, statuses. */
  readonly framework: string;
  /** Undefined for a folder of the user's own, until the library is opened. */
  readonly version?: string;
}

/** Where `prepare` puts the libraries. */
export const libraryFolder = (): string => join(cacheFolder(), `tensorflow-${version}`);

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function filesIn(folder: string): LibraryFiles | undefined {
  const [core, framework] = [join(folder, libraryNames.core), join(folder, libraryNames.framework)];
  return isFile(core) && isFile(framework) ? { folder, core, framework } : undefined;
}

/**
 * The libraries in the folder that ONESHEET_TENSORFLOW names, otherwise those in the cache folder; undefined when
 * they were never set up. A variable that names a folder without them is an error.
 *
 * @example
 * ```ts
 * import { locate } from "./locate.ts";
 *
 * console.log(locate()?.core ?? "libtensorflow is not set up");
 * ```
 */
export function locate(): LibraryFiles | undefined {
  const own = Deno.env.get("ONESHEET_TENSORFLOW");
  if (!own) {
    const files = filesIn(libraryFolder());
    return files && { ...files, version };
  }
  const files = filesIn(own);
  if (files === undefined) {
    throw new OnesheetError(
      `Cannot find libtensorflow in ONESHEET_TENSORFLOW="${own}": expected a folder that holds ` +
        `${libraryNames.core} and ${libraryNames.framework}; correct the variable, or unset it and run ` +
        "`deno task setup`",
    );
  }
  return files;
}
