/** Downloads that go on where they stopped. */
import { OnesheetError } from "./errors.ts";
import { writeAll } from "./files.ts";
import { busy, Passing, type Patience, retry, usualPatience, type Watch, watch } from "./retry.ts";

/** How a download is watched and when it gives up. */
export interface DownloadOptions {
  /** Size of the whole file. */
  readonly bytes: number;
  /** Told how many bytes are on the disk so far. */
  readonly onBytes: (bytes: number) => void;
  /** Where it differs from the usual. */
  readonly patience?: Partial<Patience>;
  /** What asks the server; `fetch` unless told. */
  readonly request?: typeof fetch;
  /** Ends the download; the bytes so far stay. */
  readonly signal?: AbortSignal;
}

/** What is sent is not the file that was expected. */
export class WrongContent extends OnesheetError {
  /** What its text begins with when printed whole. */
  override name = "WrongContent";
}

/** Size of a file in bytes; 0 when it is not there. */
export async function sizeOf(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

function failure(url: string, reason: string): string {
  const { host, pathname } = new URL(url);
  return `Cannot download ${pathname.split("/").at(-1)} from ${host}: ${reason}`;
}

/** Where the body of an answer begins in the file, and the size of the file as far as the server tells. */
function placeOf({ status, headers }: Response): { start: number; total: number } {
  if (status === 200) {
    // Of a packed body the length says nothing.
    const length = headers.has("content-encoding") ? null : headers.get("content-length");
    return { start: 0, total: Number(length ?? NaN) };
  }
  const [, start, total] = /^bytes (?:(\d+)-\d+|\*)\/(\d+)/.exec(headers.get("content-range") ?? "") ?? [];
  return { start: Number(start ?? NaN), total: Number(total ?? NaN) };
}

/** The pieces of a body as they arrive; closes the connection when the consumer leaves. */
async function* pieces({ body }: Response, connection: Watch): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader();
  try {
    for (;;) {
      const piece = reader && await connection.hear(reader.read());
      if (piece?.value === undefined) return;
      yield piece.value;
    }
  } finally {
    await reader?.cancel().catch(() => {});
  }
}

const wrongLength = (url: string, expected: number, found: number): WrongContent =>
  new WrongContent(failure(url, `expected ${expected} bytes, found ${found}`));

/** What is wrong with the answer to a request for the bytes from `have` on; undefined when its body is to be used. */
function objection(url: string, answer: Response, have: number, bytes: number): Error | undefined {
  const { start, total } = placeOf(answer);
  if (!answer.ok && answer.status !== 416) {
    return busy(answer) ?? new OnesheetError(failure(url, `the server answered ${answer.status}`));
  }
  if (total >= 0 && total !== bytes) return wrongLength(url, bytes, total);
  return start <= have ? undefined : new Passing("the server sent another part than asked for");
}

/** Asks once for what is missing and appends it; ends with `Passing` when the connection ends early. */
async function fetchRest(
  url: string,
  file: Deno.FsFile,
  { bytes, onBytes, request = fetch, signal }: DownloadOptions,
  { quiet }: Patience,
): Promise<void> {
  using connection = watch(quiet, signal);
  const have = (await file.stat()).size;
  const answer = await connection.hear(request(url, {
    headers: { "accept-encoding": "identity", ...(have > 0 && { range: `bytes=${have}-` }) },
    signal: connection.signal,
  }));
  const wrong = objection(url, answer, have, bytes);
  if (wrong !== undefined) {
    await answer.body?.cancel();
    throw wrong;
  }
  let at = placeOf(answer).start;
  if (at < have) await file.truncate(at);
  await file.seek(at, Deno.SeekMode.Start);
  for await (const piece of pieces(answer, connection)) {
    if (at + piece.length > bytes) throw wrongLength(url, bytes, at + piece.length);
    await writeAll(file, piece);
    onBytes(at += piece.length);
  }
  if (at < bytes) throw new Passing(`the connection ended after ${at} of ${bytes} bytes`);
}

/**
 * Downloads `url` to `path`. Bytes that are there already are kept and only the rest is asked for; a cut or silent
 * connection is taken up again, a busy server is asked again. What arrives is checked for its length only.
 *
 * @throws OnesheetError when the server refuses or nothing more arrives in several tries, the bytes so far stay;
 * WrongContent when the server's file has another length.
 */
export async function download(url: string, path: string, options: DownloadOptions): Promise<void> {
  const { bytes, onBytes, signal } = options;
  const patience = { ...usualPatience, ...options.patience };
  using file = await Deno.open(path, { read: true, write: true, create: true });
  const { size } = await file.stat();
  if (size >= bytes) return;
  let [known, furthest] = [size, size];
  const watched = {
    ...options,
    onBytes: (count: number) => {
      furthest = Math.max(furthest, count);
      onBytes(count);
    },
  };
  const gained = () => known < (known = furthest);
  try {
    await retry(() => fetchRest(url, file, watched, patience), patience, {
      gained,
      ...(signal && { signal }),
    });
    await file.sync();
  } catch (error) {
    if (!(error instanceof Passing)) throw error;
    const { size } = await file.stat();
    throw new OnesheetError(
      failure(url, `${error.message}; run the command again to go on from byte ${size} of ${bytes}`),
      { cause: error },
    );
  }
}
