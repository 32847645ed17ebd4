/** One process at a time. */
import { dirname } from "node:path";
import { messageOf, OnesheetError } from "./errors.ts";

/**
 * Waits until nobody else holds the lock and holds it until it is disposed of; the system frees it when its holder
 * ends, even killed. The file stays.
 *
 * @param path of a file in the cache folder or below; made when it is not there.
 * @param onWait called when somebody else holds it.
 */
export async function lock(path: string, onWait: () => void = () => {}): Promise<Disposable> {
  const folder = dirname(path);
  try {
    await Deno.mkdir(folder, { recursive: true });
    const file = await Deno.open(path, { write: true, create: true });
    if (!await file.tryLock(true)) {
      onWait();
      await file.lock(true);
    }
    return file;
  } catch (cause) {
    throw new OnesheetError(
      `Cannot use the cache folder "${folder}": expected one that can be written to and locked, found ` +
        `${messageOf(cause)}; set ONESHEET_CACHE to another folder`,
      { cause },
    );
  }
}
