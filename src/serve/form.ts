/** A body of multipart/form-data as fields: each part's bytes, and what they are when they are a text. */
import { MaxPartsExceededError, type MultipartPart, parseMultipart } from "@remix-run/multipart-parser";
import { messageOf } from "../base/errors.ts";
import { show } from "../base/json.ts";
import { Refusal } from "./limits.ts";

/** Parts that a form may have. */
const PARTS = 16;

const BOUNDARY = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i;
const CHARSET = /;\s*charset=(?:"([^"]+)"|([^\s;]+))/i;

const parameter = (pattern: RegExp, header = ""): string | undefined => {
  const [, quoted, plain] = pattern.exec(header) ?? [];
  return quoted ?? plain;
};

const broken = (why: string) =>
  new Refusal(400, `Cannot read the request: expected multipart/form-data, found ${why}`);

function partsOf(body: Uint8Array, type: string): MultipartPart[] {
  const boundary = parameter(BOUNDARY, type);
  if (boundary === undefined) throw broken("no boundary in its content type");
  try {
    const limits = { maxFileSize: body.length, maxTotalSize: body.length, maxParts: PARTS };
    return [...parseMultipart(body, { boundary, ...limits })];
  } catch (error) {
    throw broken(error instanceof MaxPartsExceededError ? `more than ${PARTS} parts` : "a broken body");
  }
}

/** The parts of a form by their names, each of which is there once. */
export function formOf(body: Uint8Array, type: string): ReadonlyMap<string, MultipartPart> {
  const fields = new Map<string, MultipartPart>();
  for (const part of partsOf(body, type)) {
    let name: string | undefined;
    try {
      name = part.name;
    } catch (error) {
      throw broken(`a part whose headers are no UTF-8: ${messageOf(error)}`);
    }
    if (name === undefined) throw broken("a part without a name");
    if (fields.has(name)) throw broken(`the field ${show(name)} twice`);
    fields.set(name, part);
  }
  return fields;
}

/** The bytes of a part; they are those of the body where they lie in one piece. */
export const bytesOf = (part: MultipartPart): Uint8Array =>
  part.content.length === 1 ? part.content[0] : part.bytes;

/** The text of a part, in the character set that the part names, which is UTF-8 by default. */
export function textOf(name: string, part: MultipartPart): string {
  const charset = parameter(CHARSET, part.headers["content-type"]) ?? "utf-8";
  const wrong = (found: string) =>
    new Refusal(422, `Cannot predict: expected a text as "${name}", found ${found}`);
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(charset, { fatal: true });
  } catch {
    throw wrong(`the unknown character set ${show(charset)}`);
  }
  try {
    return decoder.decode(bytesOf(part));
  } catch {
    throw wrong(`bytes that are no ${charset}; name their character set in the part's content type`);
  }
}
