/** Digests of files, read piece by piece. */
import { createHash } from "node:crypto";
import { openRegular } from "./regular_file.ts";

async function digest(algorithm: "sha1" | "sha256", path: string, head = ""): Promise<string> {
  const hash = createHash(algorithm).update(head);
  for await (const piece of (await openRegular(path)).readable) hash.update(piece);
  return hash.digest("hex");
}

/** SHA-256 of a file, in hexadecimal. */
export const sha256Of = (path: string): Promise<string> => digest("sha256", path);

/** Git's name for the content of a file: SHA-1 of `blob`, its size, a zero byte and its bytes, in hexadecimal. */
export const gitOidOf = async (path: string): Promise<string> =>
  await digest("sha1", path, `blob ${(await Deno.stat(path)).size}\0`);
