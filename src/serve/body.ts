/** A request for a prediction: its body read within limits, its fields checked. */
import { messageOf, OnesheetError } from "../base/errors.ts";
import { decodeUtf8, fieldFault, parseJson } from "../base/json.ts";
import { imageHeader } from "../data/image_header.ts";
import type { Example } from "../data/source.ts";
import { type Limits, Refusal } from "./limits.ts";

/** What is asked. */
export interface Question extends Example {
  /** Tell what each modality says alone, too. */
  readonly explain: boolean;
}

const tooLarge = (bytes: number) =>
  new Refusal(
    413,
    `Cannot read the request: expected at most ${bytes} bytes, found more; send a smaller poster`,
  );

const cut = (): never => {
  throw new Refusal(
    400,
    "Cannot read the request: expected all of its body, found the end of the connection",
  );
};

/** All of a body, as long as it is within the limit of bytes and comes in time. */
export async function readBody(
  { headers, body }: Pick<Request, "headers" | "body">,
  { bytes, seconds }: Pick<Limits, "bytes" | "seconds">,
): Promise<Uint8Array<ArrayBuffer>> {
  if (Number(headers.get("content-length") ?? 0) > bytes) throw tooLarge(bytes);
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = (body ?? new Blob().stream()).getReader();
  const late = Promise.withResolvers<never>();
  late.promise.catch(() => {}); // where nothing waits for it any more
  const timer = setTimeout(
    () => late.reject(new Refusal(408, `Cannot read the request: expected its body within ${seconds} s`)),
    seconds * 1000,
  );
  try {
    while (true) {
      const { value, done } = await Promise.race([reader.read().catch(cut), late.promise]);
      if (done) break;
      length += value.length;
      if (length > bytes) throw tooLarge(bytes);
      parts.push(value);
    }
  } finally {
    clearTimeout(timer);
    reader.cancel().catch(() => {}); // it may have been cut
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const unusable = (why: string) => new Refusal(422, `Cannot predict: ${why}`);

function fromJson(bytes: Uint8Array): Question {
  let value: unknown;
  try {
    value = parseJson(decodeUtf8(bytes), 4);
  } catch (error) {
    throw new Refusal(400, `Cannot read the request: ${messageOf(error)}`);
  }
  const fault = fieldFault(value, { poster: "a text", plot: "a text", "explain?": "true or false" });
  if (fault !== undefined) throw unusable(fault);
  const { poster, plot, explain = false } = value as { poster: string; plot: string; explain?: boolean };
  try {
    return { image: Uint8Array.fromBase64(poster), text: plot, explain };
  } catch {
    throw unusable('expected a file in Base64 as "poster", found other text');
  }
}

async function fromForm(bytes: Uint8Array<ArrayBuffer>, type: string): Promise<Question> {
  const form = await new Response(bytes, { headers: { "content-type": type } }).formData().catch(() => {
    throw new Refusal(400, "Cannot read the request: expected multipart/form-data, found a broken body");
  });
  const poster = form.get("poster"), plot = form.get("plot"), explain = form.get("explain") ?? "false";
  if (!(poster instanceof File)) throw unusable('expected a file as "poster", found none');
  if (typeof plot !== "string") throw unusable('expected a text as "plot", found none');
  if (explain !== "true" && explain !== "false") throw unusable('expected true or false as "explain"');
  return { image: await poster.bytes(), text: plot, explain: explain === "true" };
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

/** The question in a request: multipart/form-data, or JSON with the poster in Base64. */
export async function readQuestion(request: Request, limits: Limits): Promise<Question> {
  const type = request.headers.get("content-type") ?? "";
  const kind = type.split(";")[0].trim().toLowerCase();
  if (kind !== "application/json" && kind !== "multipart/form-data") {
    throw new Refusal(
      415,
      `Cannot read the request: expected application/json or multipart/form-data, found ${
        kind === "" ? "no content type" : JSON.stringify(kind)
      }`,
    );
  }
  const bytes = await readBody(request, limits);
  const question = kind === "application/json" ? fromJson(bytes) : await fromForm(bytes, type);
  demandPoster(question.image, limits);
  return question;
}
