/** One process at a time. */
import { dirname } from "node:path";
import { messageOf, OnesheetError } from "./errors.ts";
import { writeAll } from "./files.ts";

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

/** What the holder of a lock wrote into it. */
export interface Held {
  readonly holder: string;
}

/**
 * Takes a lock without waiting, writes into it who holds it, and removes it when it is disposed of; where somebody else
 * holds it, gives what that one wrote. The system frees it when its holder ends, even killed: a file that was left behind
 * keeps nobody out, whoever has its process number by now.
 *
 * @param path of a file in a folder that is there.
 */
export async function claim(path: string, holder: string): Promise<Disposable | Held> {
  const file = await Deno.open(path, { read: true, write: true, create: true });
  try {
    if (!await file.tryLock(true)) {
      file.close();
      return { holder: await Deno.readTextFile(path).catch(() => "") };
    }
    // Its last holder may have removed it between opening and locking; then another file has the name.
    const { ino } = await file.stat(), named = await Deno.stat(path).catch(() => undefined);
    if (named?.ino !== ino) {
      file.close();
      return await claim(path, holder);
    }
    await file.truncate();
    await writeAll(file, new TextEncoder().encode(holder));
  } catch (error) {
    file.close();
    throw error;
  }
  return {
    [Symbol.dispose]: () => {
      try {
        Deno.removeSync(path);
      } catch {
        // Gone with its folder.
      }
      file.close();
    },
  };
}
