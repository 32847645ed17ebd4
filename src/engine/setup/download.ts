/** Downloads that go on where they stopped. */
import { messageOf, OnesheetError } from "../../base/errors.ts";
import { writeAll } from "../../base/files.ts";

/** How a download is watched and when it gives up. */
export interface DownloadOptions {
  /** Size of the whole file. */
  readonly bytes: number;
  /** Told how many bytes are on the disk so far. */
  readonly onBytes: (bytes: number) => void;
  /** Milliseconds before the first repetition; twice as long before each further one. */
  readonly pause?: number;
  /** Milliseconds without any data after which a connection counts as cut. */
  readonly quiet?: number;
}

/** Failures in a row, without one new byte, after which the download gives up. */
const TRIES = 5;

/** A failure that may pass when tried again. */
class Passing extends Error {}

/** Size of a file in bytes; 0 when it is not there. */
export async function sizeOf(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

const failed = (url: string, reason: string, cause?: unknown) => {
  const { host, pathname } = new URL(url);
  return new OnesheetError(`Cannot download ${pathname.split("/").at(-1)} from ${host}: ${reason}`, {
    cause,
  });
};

/** Where in the file the body of an answer begins; servers that know no ranges begin at 0. */
function startOf(response: Response, asked: number): number {
  if (response.status === 200) return 0;
  const start = Number(/^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "")?.[1] ?? NaN);
  if (start >= 0 && start <= asked) return start;
  throw new Passing("the server sent another part than asked for");
}

/** Asks once for what is missing and appends it; ends early, with an error, when the connection does. */
async function fetchRest(url: string, path: string, options: DownloadOptions): Promise<void> {
  const { bytes, onBytes, quiet = 60_000 } = options;
  const have = await sizeOf(path);
  const abort = new AbortController();
  const silent = () => abort.abort(new Passing(`no data for ${quiet / 1000} s`));
  let alarm = setTimeout(silent, quiet);
  try {
    const response = await fetch(url, {
      headers: { "accept-encoding": "identity", ...(have > 0 && { range: `bytes=${have}-` }) },
      signal: abort.signal,
    });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      const { status } = response;
      const answer = `the server answered ${status}`;
      throw status >= 500 || status === 408 || status === 429 ? new Passing(answer) : failed(url, answer);
    }
    let at = startOf(response, have);
    using file = await Deno.open(path, { write: true, create: true });
    await file.truncate(at);
    await file.seek(at, Deno.SeekMode.Start);
    for await (const piece of response.body) {
      clearTimeout(alarm);
      alarm = setTimeout(silent, quiet);
      await writeAll(file, piece);
      onBytes(at += piece.length);
    }
    if (at < bytes) throw new Passing(`the connection ended after ${at} of ${bytes} bytes`);
  } finally {
    clearTimeout(alarm);
  }
}

/**
 * Downloads `url` to `path`. Bytes that are there already are kept and only the rest is asked for; a cut connection
 * is taken up again. What arrives is not checked here.
 *
 * @throws OnesheetError when the server refuses or nothing more arrives in several tries; the bytes so far stay.
 */
export async function download(url: string, path: string, options: DownloadOptions): Promise<void> {
  const { bytes, pause = 1000 } = options;
  let [furthest, failures] = [await sizeOf(path), 0];
  while (await sizeOf(path) < bytes) {
    try {
      await fetchRest(url, path, options);
    } catch (error) {
      if (!(error instanceof Passing || error instanceof TypeError)) throw error;
      const have = await sizeOf(path);
      failures = have > furthest ? 0 : failures + 1;
      furthest = Math.max(furthest, have);
      if (failures === TRIES) {
        throw failed(
          url,
          `${messageOf(error)}; run the command again to go on from byte ${have} of ${bytes}`,
          error,
        );
      }
      await new Promise((done) => setTimeout(done, pause * 2 ** failures));
    }
  }
}
