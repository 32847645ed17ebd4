/** The rows of CSV text (RFC 4180), read as a stream, with the lines they begin on. */

/** Longest row in characters; nothing of a longer one is held. */
export const LONGEST_ROW = 2 ** 20;

/** What may stand between cells: what the first line has most of, and of equals the first. */
const DELIMITERS = [",", "\t", ";"];

/** A row of a CSV file. */
export interface CsvRow {
  /** The line it begins on, from 1. */
  readonly line: number;
  /** Its cells, as they were written. */
  readonly cells: readonly string[];
  /** What keeps it from being a row. */
  readonly fault?: string;
}

/** Occurrences of a character. */
const count = (text: string, character: string): number => text.split(character).length - 1;

/** A copy of a part of a text, which does not keep the rest in memory. */
const copied = (text: string): string => ` ${text}`.slice(1);

/** The text with lines that end with LF: CRLF becomes LF, and so does CR where the first line ends with it. */
async function* unixLines(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let held = "", first: string | undefined;
  for await (const piece of pieces) {
    const text = held + piece;
    held = text.endsWith("\r") ? "\r" : ""; // may be half of a CRLF
    const lines = text.slice(0, text.length - held.length).replaceAll("\r\n", "\n");
    first ??= /[\r\n]/.exec(lines)?.[0];
    yield first === "\r" ? lines.replaceAll("\r", "\n") : lines;
  }
  if (held !== "") yield "\n";
}

/** The text with its first line whole, as far as a row may go. */
async function* firstLineWhole(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let start: string | undefined = "";
  for await (const piece of pieces) {
    if (start === undefined) yield piece;
    else if ((start += piece).includes("\n") || start.length > LONGEST_ROW) {
      yield start;
      start = undefined;
    }
  }
  if (start !== undefined) yield start;
}

function delimiterOf(text: string): string {
  const [line] = text.split("\n", 1), counts = DELIMITERS.map((delimiter) => count(line, delimiter));
  return DELIMITERS[counts.indexOf(Math.max(...counts))];
}

/** Takes text apart, piece by piece. */
class RowReader {
  /** The end of a cell that has no quotes. */
  readonly #end: RegExp;
  readonly #delimiter: string;
  /** Where in a cell: before it, in one without quotes, between quotes, at a closing quote, behind that. */
  #at: "start" | "bare" | "quoted" | "closed" | "behind" = "start";
  #line = 1;
  #begun = 1;
  #quote = 1;
  #length = 0;
  #cell = "";
  #cells: string[] = [];
  #fault: string | undefined;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
    this.#end = new RegExp(`[${delimiter}\n]`, "g");
  }

  /** The rows that end in this piece. */
  *read(text: string): Generator<CsvRow> {
    for (let from = 0; from < text.length;) {
      if (this.#at === "quoted") from = this.#inQuotes(text, from);
      else if (text[from] === '"' && (this.#at === "start" || this.#at === "closed")) {
        // A quote behind one that closed was not the end: it stands for one quote.
        if (this.#at === "closed") this.#add('"');
        else this.#quote = this.#line;
        this.#at = "quoted";
        from++;
      } else {
        this.#end.lastIndex = from;
        const end = this.#end.exec(text)?.index ?? text.length;
        this.#bare(text.slice(from, end));
        if (text[end] === this.#delimiter) this.#endCell();
        else if (end < text.length) {
          if (!this.#isEmpty()) yield this.#row();
          this.#begun = ++this.#line;
        }
        from = end + 1;
      }
    }
  }

  /** The row that the text's end ends. Throws where a quote is not closed. */
  *end(): Generator<CsvRow> {
    if (this.#at === "quoted") {
      throw new Error(`expected an end of the quotes that begin on line ${this.#quote}, found none`);
    }
    if (!this.#isEmpty()) yield this.#row();
  }

  #isEmpty(): boolean {
    return this.#at === "start" && this.#length === 0;
  }

  #inQuotes(text: string, from: number): number {
    const quote = text.indexOf('"', from), end = quote < 0 ? text.length : quote;
    const inside = text.slice(from, end);
    this.#line += count(inside, "\n");
    this.#add(inside);
    if (quote >= 0) this.#at = "closed";
    return end + 1;
  }

  #bare(text: string): void {
    if (text === "") return;
    const isBehind = this.#at === "closed" || this.#at === "behind";
    if (isBehind && text.trim() !== "") {
      this.#fault ??= `expected the end of a cell after its closing quote, found more of it`;
    }
    this.#at = isBehind ? "behind" : "bare";
    this.#add(text);
  }

  /** Counts characters of the row; whether it may have them. */
  #fits(characters: number): boolean {
    this.#length += characters;
    if (this.#length <= LONGEST_ROW) return true;
    this.#fault = `expected a row of at most ${LONGEST_ROW} characters, found a longer one`;
    return false;
  }

  #add(text: string): void {
    if (this.#fits(text.length)) this.#cell += text;
  }

  #endCell(): void {
    if (this.#fits(1)) this.#cells.push(copied(this.#cell));
    this.#cell = "";
    this.#at = "start";
  }

  #row(): CsvRow {
    this.#endCell();
    const fault = this.#fault, row = { line: this.#begun, cells: this.#cells, ...(fault && { fault }) };
    [this.#cells, this.#fault, this.#length] = [[], undefined, 0];
    return row;
  }
}

/**
 * The rows of a CSV text. Cells in quotes may hold delimiters, doubled quotes and ends of lines; a quote inside of a cell
 * without quotes is a character like others. Lines end with LF, CRLF or CR; empty ones are passed over. Cells are
 * separated by commas, tabs or semicolons, as the first line is.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { csvRows } from "./csv_rows.ts";
 * async function* pieces() {
 *   yield 'title,plot\nUp,"A house\nflies"\n';
 *   yield "Heat,A heist";
 * }
 * const rows = await Array.fromAsync(csvRows(pieces()));
 * assertEquals(rows[2], { line: 4, cells: ["Heat", "A heist"] });
 * ```
 *
 * Errors: quotes that do not end, as an Error with the reason.
 */
export async function* csvRows(pieces: AsyncIterable<string>): AsyncGenerator<CsvRow> {
  let reader: RowReader | undefined;
  for await (const piece of firstLineWhole(unixLines(pieces))) {
    reader ??= new RowReader(delimiterOf(piece));
    yield* reader.read(piece);
  }
  if (reader !== undefined) yield* reader.end();
}
