/** The question in a request: its fields understood, or refused by what was found in their place. */
import { messageOf, OnesheetError } from "../base/errors.ts";
import { decodeUtf8, isObject, parseJson, show } from "../base/json.ts";
import { imageHeader } from "../data/image_header.ts";
import type { Example } from "../data/source.ts";
import { readBody } from "./body.ts";
import { type Field, FIELDS, NO_POSTER } from "./fields.ts";
import { bytesOf, formOf, textOf } from "./form.ts";
import type { Share } from "./held.ts";
import { type Limits, Refusal } from "./limits.ts";
import type { Asked } from "./listen.ts";

/** What is asked. */
export interface Question extends Example {
  /** Tell what each modality says alone, too. */
  readonly explain: boolean;
}

/** The names that a question about these fields may have; what one of several says alone can be explained. */
export const namesOf = (
  fields: readonly Field[],
): string[] => [...fields, ...fields.length > 1 ? ["explain"] : []];

const unusable = (why: string) => new Refusal(422, `Cannot predict: ${why}`);

function demandKnown(names: Iterable<string>, fields: readonly Field[]): void {
  const known = namesOf(fields);
  for (const name of names) {
    if (known.includes(name)) continue;
    throw unusable(`expected the fields ${known.join(", ")}, found ${show(name)}`);
  }
}

/** How forms write a truth value: HTML's check boxes, JavaScript, Python. */
const truths = new Map([
  ...["true", "on", "1", "yes"].map((word) => [word, true] as const),
  ...["false", "off", "0", "no", ""].map((word) => [word, false] as const),
]);

function truthOf(text: string): boolean {
  const truth = truths.get(text.trim().toLowerCase());
  if (truth !== undefined) return truth;
  throw unusable(`expected true or false as "explain", found ${show(text)}`);
}

/** A `data:` URL's content in Base64, or the text itself. */
const DATA_URL = /^data:[^,]*;base64,/i;

/** Base64 of either alphabet. */
function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const content = text.trim().replace(DATA_URL, "");
  try {
    return Uint8Array.fromBase64(content, { alphabet: /[-_]/.test(content) ? "base64url" : "base64" });
  } catch {
    throw unusable(`expected a file in Base64 as "poster", found ${show(text)}`);
  }
}

function fromJson(bytes: Uint8Array, fields: readonly Field[]): Question {
  let value: unknown;
  try {
    value = parseJson(decodeUtf8(bytes).replace(/^\ufeff/, ""), 4);
  } catch (error) {
    throw new Refusal(400, `Cannot read the request: ${messageOf(error)}`);
  }
  if (!isObject(value)) throw unusable(`expected {…}, found ${show(value)}`);
  demandKnown(Object.keys(value), fields);
  const { explain } = value;
  const field = (name: Field): string | undefined => {
    const found = value[name];
    if (!fields.includes(name) || typeof found === "string") return found as string | undefined;
    throw unusable(`expected a text as "${name}", found ${show(found)}`);
  };
  const poster = field("poster"), plot = field("plot");
  if (typeof explain !== "boolean" && explain !== undefined && explain !== null) {
    throw unusable(`expected true or false as "explain", found ${show(explain)}`);
  }
  return {
    image: poster === undefined ? NO_POSTER : fromBase64(poster),
    text: plot ?? "",
    explain: explain === true,
  };
}

/** The bytes of a poster in a form: of a file, or of a text that is a `data:` URL. */
function posterOf(bytes: Uint8Array): Uint8Array {
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 200));
  return DATA_URL.test(start) ? fromBase64(new TextDecoder("latin1").decode(bytes)) : bytes;
}

function fromForm(body: Uint8Array<ArrayBuffer>, type: string, fields: readonly Field[]): Question {
  const form = formOf(body, type);
  demandKnown(form.keys(), fields);
  const part = (name: Field, what: string) => {
    const found = form.get(name);
    if (found !== undefined || !fields.includes(name)) return found;
    throw unusable(`expected ${what} as "${name}", found no such field`);
  };
  const poster = part("poster", "a file"), plot = part("plot", "a text"), explain = form.get("explain");
  return {
    image: poster === undefined ? NO_POSTER : posterOf(bytesOf(poster)),
    text: plot === undefined ? "" : textOf("plot", plot),
    explain: explain !== undefined && truthOf(textOf("explain", explain)),
  };
}

/** Refuses a poster by its first bytes, before a decoder is given it. */
function demandPoster(image: Uint8Array, { pixels }: Pick<Limits, "pixels">): void {
  try {
    const { width, height } = imageHeader(image);
    if (width * height <= pixels) return;
    throw new Refusal(
      413,
      `Cannot predict: expected a poster of at most ${pixels} pixels, found ${width} by ${height}; make it smaller`,
    );
  } catch (error) {
    if (error instanceof OnesheetError) throw new Refusal(415, error.message);
    throw error;
  }
}

const UTF8 = /^utf-?8$/i;

/**
 * The question in a request, about these fields: multipart/form-data, or JSON with the poster in Base64. A field that the
 * model does not read is empty.
 */
export async function readQuestion(
  asked: Asked,
  limits: Limits,
  share: Share,
  fields: readonly Field[] = FIELDS,
): Promise<Question> {
  const type = asked.headers["content-type"] ?? "", kind = type.split(";")[0].trim().toLowerCase();
  const [, charset = "utf-8"] = /;\s*charset="?([^\s;"]+)/i.exec(type) ?? [];
  const isJson = kind === "application/json";
  if (!isJson && kind !== "multipart/form-data" || isJson && !UTF8.test(charset)) {
    throw new Refusal(
      415,
      `Cannot read the request: expected application/json in UTF-8 or multipart/form-data, found ${
        kind === "" ? "no content type" : show(isJson ? type : kind)
      }`,
    );
  }
  const bytes = await readBody(asked, limits, share);
  const question = isJson ? fromJson(bytes, fields) : fromForm(bytes, type, fields);
  demandPoster(question.image, limits);
  return question;
}
