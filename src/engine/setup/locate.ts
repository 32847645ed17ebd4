/** Where libtensorflow lies on this machine. */
import { join } from "node:path";
import { cacheFolder } from "../../base/cache.ts";
import { OnesheetError } from "../../base/errors.ts";
import { variablePath } from "../../base/user_path.ts";
import { type BuildName, folders } from "./builds.ts";
import { libraryNames, version } from "./wheel.ts";

/** The two shared libraries of libtensorflow, present on the disk. */
export interface LibraryFiles {
  /** The folder that holds both. */
  readonly folder: string;
  /** Path of libtensorflow_cc: graphs, sessions, kernels. */
  readonly core: string;
  /** Path of libtensorflow_framework: tensors, statuses. */
  readonly framework: string;
  /** The folder of NVIDIA's libraries, of the CUDA build. */
  readonly nvidia?: string;
  /** Undefined for a folder of the user's own, until the library is opened. */
  readonly version?: string;
}

/** Where `prepare` puts a build. */
export const buildFolder = (build: BuildName): string => join(cacheFolder(), folders[build]);

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

/** A build in the cache folder. */
function kept(build: BuildName): LibraryFiles | undefined {
  const folder = buildFolder(build);
  const files = filesIn(build === "cpu" ? folder : join(folder, "tensorflow"));
  if (files === undefined || build === "cpu") return files && { ...files, version };
  return { ...files, folder, nvidia: join(folder, "nvidia"), version };
}

/**
 * The libraries in the folder that ONESHEET_TENSORFLOW names, otherwise those of a build in the cache folder; undefined
 * when it was never set up. A variable that names a folder without them is an error.
 *
 * @example
 * ```ts
 * import { locate } from "./locate.ts";
 *
 * console.log(locate()?.core ?? "libtensorflow is not set up");
 * ```
 */
export function locate(build: BuildName = "cpu"): LibraryFiles | undefined {
  const own = variablePath((name) => Deno.env.get(name), "ONESHEET_TENSORFLOW");
  if (!own) return kept(build);
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

/** The libraries to compute with on the CPU: those of the CPU's build, otherwise of CUDA's, which does that as well. */
export const locateForCpu = (): LibraryFiles | undefined => locate("cpu") ?? locate("cuda");
