/** Long text files, piece by piece and line by line: no more of them in memory than a piece and a line. */
import { OnesheetError } from "./errors.ts";
import { fileFault, openRegular } from "./regular_file.ts";
import { textReader } from "./text.ts";

/** The text of some bytes in pieces; what is no text is an Error with the reason. */
export async function* textPieces(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const reader = textReader();
  for await (const piece of bytes) yield reader.next(piece);
  yield reader.end();
}

/** The text of a regular file in pieces. No such file is `Deno.errors.NotFound`; other errors name the file. */
export async function* filePieces(path: string): AsyncGenerator<string> {
  try {
    yield* textPieces((await openRegular(path)).readable);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.NotADirectory) throw cause;
    throw new OnesheetError(`Cannot read "${path}": ${fileFault(cause)}`, { cause });
  }
}

/** LF, CRLF or CR; a CR at the end of a piece may be half of a CRLF. */
const END = /\r\n|\n|\r(?!$)/;

/** The lines of a text without their ends; undefined stands for one of more than `longest` characters. */
export async function* textLines(
  pieces: AsyncIterable<string>,
  longest: number,
): AsyncGenerator<string | undefined> {
  let open = "", isLong = false;
  const whole = (line: string) => isLong || line.length > longest ? undefined : line;
  for await (const piece of pieces) {
    const lines = (open + piece).split(END);
    open = lines.pop()!;
    for (const line of lines) {
      yield whole(line);
      isLong = false;
    }
    if (open.length > longest + 1) [isLong, open] = [true, open.endsWith("\r") ? "\r" : ""];
  }
  const last = open.replace(/\r$/, "");
  if (open !== "" || isLong) yield whole(last);
}
