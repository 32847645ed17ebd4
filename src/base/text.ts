/** Text that people give: UTF-8 with or without a byte order mark, or UTF-16 with one. Anything else is refused. */
import { oneLine, OnesheetError } from "./errors.ts";
import { fileFault, readRegular } from "./regular_file.ts";

/** Longest file that is read as one text, in bytes. */
const LONGEST = 64 * 2 ** 20;

/** Characters before the first bad byte that an error shows. */
const AROUND = 20;

const wayOut = (encoding: string) =>
  `save it as UTF-8 or convert it, such as by: iconv -f ${encoding} -t utf-8 OLD > NEW`;

/** Why a text with a NUL character is refused: text in UTF-16 without its mark has many. */
export const nulFault = (line: number): string =>
  `expected text, found a NUL character on line ${line}; if it is UTF-16, ${wayOut("utf-16le")}`;

/** How many bytes at the end begin a character of UTF-8 that the next ones may complete. */
function unfinished8(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back];
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}

/** The same of UTF-16, whose more significant byte is the first of two or the second. */
const unfinished16 = (high: 0 | 1) => (bytes: Uint8Array): number => {
  const odd = bytes.length % 2, last = bytes[bytes.length - odd - 2 + high];
  return last >= 0xd8 && last < 0xdc ? odd + 2 : odd;
};

interface Encoding {
  readonly name: string;
  readonly unfinished: (bytes: Uint8Array) => number;
}

const utf8: Encoding = { name: "utf-8", unfinished: unfinished8 };

/** The encoding that the first bytes tell. */
function encodingOf([a, b]: Uint8Array): Encoding {
  if (a === 0xff && b === 0xfe) return { name: "utf-16le", unfinished: unfinished16(1) };
  if (a === 0xfe && b === 0xff) return { name: "utf-16be", unfinished: unfinished16(0) };
  if ((a === 0) === (b === 0) || b === undefined) return utf8;
  throw new Error(
    `expected UTF-8, found UTF-16 without a byte order mark; ${wayOut(a === 0 ? "utf-16be" : "utf-16le")}`,
  );
}

/** How many of some bytes that do not decode are text: the longest beginning that decodes. */
function goodStart(bytes: Uint8Array, { name, unfinished }: Encoding): number {
  let good = 0, bad = bytes.length + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    try {
      new TextDecoder(name, { fatal: true }).decode(bytes.subarray(0, middle), { stream: true });
      good = middle;
    } catch {
      bad = middle;
    }
  }
  return good - unfinished(bytes.subarray(0, good));
}

/** Counts the lines that a text ends: by LF or, where it has none, by CR. */
function lineCounter(): (text: string) => number {
  let lf = 0, cr = 0;
  return (text) => {
    for (let at = 0; (at = text.indexOf("\n", at) + 1) > 0;) lf++;
    for (let at = 0; lf === 0 && (at = text.indexOf("\r", at) + 1) > 0;) cr++;
    return lf > 0 ? lf : cr;
  };
}

/** Turns the bytes of a text, piece by piece, into its characters. */
export interface TextReader {
  /** The text of the next bytes, but for a character that is not whole yet. */
  next(bytes: Uint8Array): string;
  /** Refuses a text that ends within a character. */
  end(): string;
}

/** Begins a text. What is no text is an Error with the reason, the line of the first bad byte and a way out. */
export function textReader(): TextReader {
  let encoding: Encoding | undefined, waiting = new Uint8Array(), end = "";
  const count = lineCounter();
  const decode = (bytes: Uint8Array): string => {
    const { name } = encoding!;
    try {
      const text = new TextDecoder(name, { fatal: true, ignoreBOM: true }).decode(bytes);
      count(text);
      end = (end + text.slice(-AROUND)).slice(-AROUND);
      return text;
    } catch {
      const good = goodStart(bytes, encoding!);
      const before = new TextDecoder(name).decode(bytes.subarray(0, good)), line = count(before) + 1;
      const byte = bytes[good].toString(16).toUpperCase().padStart(2, "0");
      const after = oneLine((end + before).slice(-AROUND).split(/[\r\n]/).at(-1)!);
      throw new Error(
        `expected ${name.toUpperCase()}, found the byte 0x${byte} on line ${line} after "${after}"; ${
          wayOut("cp1252")
        }`,
      );
    }
  };
  const next = (bytes: Uint8Array, isLast: boolean): string => {
    const all = new Uint8Array(waiting.length + bytes.length);
    all.set(waiting);
    all.set(bytes, waiting.length);
    const isStart = encoding === undefined;
    if (isStart && all.length < 3 && !isLast) return (waiting = all, "");
    encoding ??= encodingOf(all);
    const whole = all.length - (isLast ? 0 : encoding.unfinished(all));
    waiting = all.slice(whole);
    const text = decode(all.subarray(0, whole));
    return isStart && text.startsWith("\ufeff") ? text.slice(1) : text;
  };
  return { next: (bytes) => next(bytes, false), end: () => next(new Uint8Array(), true) };
}

/** The text of some bytes. What is no text, a NUL character included, is an Error with the reason. */
export function decodeText(bytes: Uint8Array): string {
  const reader = textReader(), text = reader.next(bytes) + reader.end(), nul = text.indexOf("\0");
  if (nul >= 0) throw new Error(nulFault(lineCounter()(text.slice(0, nul)) + 1));
  return text;
}

/**
 * The text of a file that a person gives. No such file is `Deno.errors.NotFound`; anything else than a regular file, one
 * of more than `most` bytes and what is no text are errors that name it.
 */
export async function readText(path: string, most: number = LONGEST): Promise<string> {
  try {
    return decodeText(await readRegular(path, most));
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.NotADirectory) throw cause;
    throw new OnesheetError(`Cannot read "${path}": ${fileFault(cause)}`, { cause });
  }
}
