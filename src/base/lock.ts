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

/** What every holder of a claim writes first. */
const HOLDER = "process ";
/** The most bytes that a holder writes. */
const LONGEST = 100;

const notClaim = (path: string, found: string): OnesheetError =>
  new OnesheetError(
    `Cannot lock "${path}": expected the lock of an earlier run, found ${found}; move it away`,
  );

/** Refuses what is no file: opening a link would open its target, opening a pipe waits. */
async function demandFile(path: string): Promise<void> {
  const there = await Deno.lstat(path).catch(() => undefined);
  if (there === undefined || there.isFile) return;
  throw notClaim(path, there.isSymlink ? "a link" : "something that is not a file");
}

/** Refuses a file that no holder wrote: it is not to be overwritten. */
async function demandClaim(path: string, file: Deno.FsFile): Promise<void> {
  const bytes = new Uint8Array(LONGEST + 1), count = await file.read(bytes) ?? 0;
  const text = new TextDecoder().decode(bytes.subarray(0, Math.min(count, HOLDER.length)));
  if (count > LONGEST || !HOLDER.startsWith(text)) throw notClaim(path, "another file of that name");
}

/**
 * Takes a lock without waiting, writes into it who holds it, and removes it when it is disposed of; where somebody else
 * holds it, gives what that one wrote. The system frees it when its holder ends, even killed: a file that was left behind
 * keeps nobody out, whoever has its process number by now. A link and a file that is no lock are refused.
 *
 * @param path of a file in a folder that is there.
 */
export async function claim(path: string): Promise<Disposable | Held> {
  await demandFile(path);
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
      return await claim(path);
    }
    await demandClaim(path, file);
    await file.truncate();
    await file.seek(0, Deno.SeekMode.Start);
    const holder = `${HOLDER}${Deno.pid} since ${new Date().toISOString()}`;
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
