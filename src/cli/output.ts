/** Files and folders that a person names to be written. */
import { dirname } from "node:path";
import { messageOf, OnesheetError } from "../base/errors.ts";
import { demandPermission } from "./permissions.ts";

const kindAt = (path: string): Promise<"file" | "folder" | undefined> =>
  Deno.stat(path).then(({ isDirectory }) => isDirectory ? "folder" : "file", () => undefined);

/** Refuses a path that this process may not write, or that lies below a file. Nothing is made yet. */
export async function demandWritable(path: string): Promise<void> {
  demandPermission("write", path);
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    const kind = await kindAt(folder);
    if (kind === "folder") return;
    if (kind === "file") {
      throw new OnesheetError(`Cannot write "${path}": expected a folder at "${folder}", found a file`, {
        exitCode: 2,
      });
    }
  }
}

/** Refuses a path where a folder is to be written and a file is. */
export async function demandFolder(path: string): Promise<void> {
  await demandWritable(path);
  if (await kindAt(path) === "file") {
    throw new OnesheetError(`Cannot write into "${path}": expected a folder, found a file`, { exitCode: 2 });
  }
}

/** Writes a file that a person named, and makes the folder that it lies in; a failure leaves what was there. */
export async function writeOutput(path: string, write: () => Promise<void>): Promise<void> {
  await demandWritable(path);
  if (await kindAt(path) === "folder") {
    throw new OnesheetError(`Cannot write "${path}": expected a file, found a folder`, { exitCode: 2 });
  }
  try {
    const folder = dirname(path);
    if (await kindAt(folder) === undefined) await Deno.mkdir(folder, { recursive: true });
    await write();
  } catch (cause) {
    if (cause instanceof OnesheetError) throw cause;
    throw new OnesheetError(`Cannot write "${path}": ${messageOf(cause)}`, { cause });
  }
}
