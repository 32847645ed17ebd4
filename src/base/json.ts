/** JSON of unknown origin: bounded in length and depth, every name once, and checked before it is believed. */
import { oneLine, OnesheetError } from "./errors.ts";
import { readText } from "./text.ts";

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether a value is a whole number from 0 on that can be counted with. */
export const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;

const cut = (text: string): string => text.length <= 80 ? text : `${text.slice(0, 80)}…`;

/** A found value in an error: short, shallow and printable, however long or deep it is. */
export function show(value: unknown): string {
  if (isObject(value)) return "{…}";
  if (value === undefined) return "nothing";
  if (!Array.isArray(value)) {
    return oneLine(cut(JSON.stringify(typeof value === "string" ? value.slice(0, 100) : value)));
  }
  const items = value.slice(0, 20).map((item) =>
    typeof item === "object" && item !== null ? "…" : show(item)
  );
  return cut(`[${items.join(", ")}]`);
}

/** Past the end of the string that begins at `start`. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

/** Throws where JSON is nested too deep or has a name twice in an object; other mistakes are left to `JSON.parse`. */
function demandPlain(text: string, deepest: number): void {
  const open: Set<string>[] = [];
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === "{" || c === "[") {
      if (open.length === deepest) throw new Error(`expected at most ${deepest} levels of JSON, found more`);
      open.push(new Set());
    } else if (c === "}" || c === "]") open.pop();
    else if (c === '"') {
      const end = stringEnd(text, i);
      const names = open.at(-1);
      if (names !== undefined && /^\s*:/.test(text.slice(end, end + 20))) {
        const name = JSON.parse(text.slice(i, end));
        if (names.has(name)) throw new Error(`expected every name once, found ${show(name)} twice`);
        names.add(name);
      }
      i = end - 1;
    }
  }
}

/** What V8 says of a place in a text of one line, which may be one of many in its file. */
const IN_LINE_1 = / \(line 1 column \d+\)$/;

/** Parses JSON of at most `deepest` levels in which every object has each name once. Throws an Error with the reason. */
export function parseJson(text: string, deepest: number): unknown {
  try {
    demandPlain(text, deepest);
    return JSON.parse(text);
  } catch (error) {
    throw error instanceof SyntaxError
      ? new Error(oneLine(`expected JSON, found ${error.message.replace(IN_LINE_1, "")}`))
      : error;
  }
}

/** Text from bytes; bytes that are no UTF-8 are an Error with the reason. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Error("expected UTF-8, found other bytes");
  }
}

/** Kinds of value, by what an error calls them. */
const kinds = {
  "a text": (value: unknown) => typeof value === "string",
  "a list of texts": (value: unknown) =>
    Array.isArray(value) && value.every((item) => typeof item === "string"),
  "a list": Array.isArray,
  "a whole number": isCount,
  "a number": Number.isFinite,
  "true or false": (value: unknown) => typeof value === "boolean",
  "an object": isObject,
} satisfies Readonly<Record<string, (value: unknown) => boolean>>;

/** A kind of value a field may have. */
export type Kind = keyof typeof kinds;

/** What keeps a value from being an object with these fields; undefined where it is one. A name with `?` may be missing. */
export function fieldFault(value: unknown, fields: Readonly<Record<string, Kind>>): string | undefined {
  if (!isObject(value)) return `expected {…}, found ${show(value)}`;
  for (const [field, kind] of Object.entries(fields)) {
    const name = field.replace(/\?$/, "");
    const found = Object.hasOwn(value, name) ? value[name] : undefined;
    if (found === undefined && name !== field) continue;
    if (!kinds[kind](found)) return `expected ${kind} as "${name}", found ${show(found)}`;
  }
}

/** What keeps a value from being of a kind; undefined where it is. */
export const kindFault = (value: unknown, kind: Kind): string | undefined =>
  kinds[kind](value) ? undefined : `expected ${kind}, found ${show(value)}`;

/**
 * Reads a JSON file and gives what `fault` finds nothing wrong with. Anything else than a file, a longer one, other text
 * and a fault are errors that name the file; a file that is not there is `Deno.errors.NotFound`.
 */
export async function readJson<T>(
  path: string,
  fault: (value: unknown) => string | undefined,
  deepest = 16,
): Promise<T> {
  const fail = (reason: string, cause?: unknown) => {
    throw new OnesheetError(`Cannot read "${path}": ${reason}`, { cause });
  };
  const text = await readText(path);
  let value: unknown;
  try {
    value = parseJson(text, deepest);
  } catch (error) {
    fail((error as Error).message, error);
  }
  const found = fault(value);
  if (found !== undefined) fail(found);
  return value as T;
}
