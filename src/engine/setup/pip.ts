/** Fetching a wheel with the user's pip, which knows their index, proxy, certificates and credentials. */
import { join } from "node:path";
import { OnesheetError } from "../../base/errors.ts";
import type { Wheel } from "./wheel.ts";

const python = "python3";

/** Whether `python3 -m pip` runs here. */
export async function hasPip(): Promise<boolean> {
  try {
    const command = new Deno.Command(python, {
      args: ["-m", "pip", "--version"],
      stdout: "null",
      stderr: "null",
    });
    return (await command.output()).success;
  } catch {
    return false;
  }
}

/** Size of the largest file below a folder; files may come and go meanwhile. */
async function largest(folder: string): Promise<number> {
  let most = 0;
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const path = join(folder, name);
      most = Math.max(most, isDirectory ? await largest(path) : (await Deno.stat(path)).size);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return most;
}

/**
 * Downloads the wheel into an empty folder and returns its path.
 *
 * @param onBytes told how many bytes are there so far.
 * @throws OnesheetError with pip's own reason.
 */
export async function pipDownload(
  wheel: Wheel,
  folder: string,
  onBytes: (bytes: number) => void,
): Promise<string> {
  const [, version, interpreter, abi, tag] = wheel.file.replace(/\.whl$/, "").split("-");
  const command = new Deno.Command(python, {
    // deno-fmt-ignore
    args: [
      "-m", "pip", "download", `${wheel.package}==${version}`, "--no-deps", "--only-binary=:all:",
      "--implementation", interpreter.slice(0, 2), "--python-version", interpreter.slice(2), "--abi", abi,
      ...tag.split(".").flatMap((one) => ["--platform", one]), "--dest", folder, "--no-cache-dir", "--progress-bar=off", "--quiet",
    ],
    // pip's temporary files go to the cache's disk too: /tmp is often small, and their growth is the progress.
    env: { TMPDIR: folder, PIP_DISABLE_PIP_VERSION_CHECK: "1" },
    stdout: "null",
    stderr: "piped",
  });
  const watch = setInterval(async () => onBytes(await largest(folder)), 500);
  try {
    const { success, stderr } = await command.output();
    if (success) return join(folder, wheel.file);
    const lines = new TextDecoder().decode(stderr).trim().split("\n");
    // When pip itself fails, "ERROR: Exception:" comes first and the reason is the last line of its traceback.
    const reason = lines.findLast((line) => /^ERROR: (?!Exception:)/.test(line)) ?? lines.at(-1);
    throw new OnesheetError(`pip failed: ${reason?.replace("ERROR: ", "") || "it gave no reason"}`);
  } finally {
    clearInterval(watch);
  }
}
