/**
 * Opens native libraries. Its own process, because a damaged library can end the one that opens it.
 *
 * `probe.ts CORE FRAMEWORK` opens libtensorflow and prints its version; `probe.ts PATH` opens one library.
 */
import { messageOf } from "../base/errors.ts";
import { openLibrary, preload } from "./library.ts";

/** The library or libraries opened by another process; resolves to what it printed. */
export async function probe(paths: readonly string[]): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-config",
      "--no-lock",
      "--no-prompt",
      "--allow-ffi",
      "--allow-read",
      "--allow-env",
      import.meta.url,
      ...paths,
    ],
  });
  const { success, signal, stdout, stderr } = await command.output();
  const [said, complained] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trim());
  if (success) return said;
  throw new Error(signal === null ? complained : `opening ${paths[0]} ended the process with ${signal}`);
}

if (import.meta.main) {
  const [core, framework] = Deno.args;
  try {
    const refused = framework === undefined ? preload([core]) : undefined;
    if (refused !== undefined) throw new Error(refused.reason);
    console.log(framework === undefined ? "" : openLibrary({ core, framework }).version);
  } catch (error) {
    console.error(messageOf(error));
    Deno.exit(1);
  }
}
