/** The body of a request: read within limits of bytes and time, decompressed within the same. */
import { gunzip, inflate } from "node:zlib";
import { promisify } from "node:util";
import type { Asked } from "./listen.ts";
import type { Share } from "./held.ts";
import { type Limits, Refusal } from "./limits.ts";

const tooLarge = (bytes: number) =>
  new Refusal(
    413,
    `Cannot read the request: expected at most ${bytes} bytes, found more; send a smaller poster`,
  );

const tooMuchHeld = () =>
  new Refusal(
    503,
    "Cannot read the request: expected room for its body, found the server full of others; try again",
    { "retry-after": "1" },
  );

const cut = () =>
  new Refusal(
    400,
    "Cannot read the request: expected all of its body, found the end of the connection",
  );

const late = (seconds: number) =>
  new Refusal(408, `Cannot read the request: expected its body within ${seconds} s, found a part of it`);

/** Where a body is read from. */
type Source = Pick<Asked, "headers" | "body">;

/** The bytes of a body as they arrive, in a buffer that grows with them. */
function arrived({ body }: Source, { bytes, seconds }: Limits, share: Share): Promise<ArrayBuffer> {
  const buffer = new ArrayBuffer(0, { maxByteLength: bytes });
  const { promise, resolve, reject } = Promise.withResolvers<ArrayBuffer>();
  const timer = setTimeout(() => reject(late(seconds)), seconds * 1000);
  const onData = (part: Uint8Array) => {
    const at = buffer.byteLength;
    if (at + part.length > bytes) return reject(tooLarge(bytes));
    if (!share.take(part.length)) return reject(tooMuchHeld());
    buffer.resize(at + part.length);
    new Uint8Array(buffer, at).set(part);
  };
  const onEnd = () => resolve(buffer.transferToFixedLength()), onClose = () => reject(cut());
  body.on("data", onData).on("end", onEnd).on("close", onClose).on("error", onClose);
  return promise.finally(() => {
    clearTimeout(timer);
    body.off("data", onData).off("end", onEnd).off("close", onClose).off("error", onClose);
  });
}

/** Ways to pack a body, by their name in `Content-Encoding`. */
const unpackers = { gzip: promisify(gunzip), "x-gzip": promisify(gunzip), deflate: promisify(inflate) };

const isPacked = (encoding: string): encoding is keyof typeof unpackers => Object.hasOwn(unpackers, encoding);

/** A packed body as it was before; it may not become larger than the limit. */
async function unpacked(
  packed: Uint8Array<ArrayBuffer>,
  encoding: keyof typeof unpackers,
  { bytes }: Limits,
  share: Share,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!share.take(bytes)) throw tooMuchHeld();
  const whole: Uint8Array = await unpackers[encoding](packed, { maxOutputLength: bytes }).catch((error) => {
    throw error.code === "ERR_BUFFER_TOO_LARGE"
      ? tooLarge(bytes)
      : new Refusal(400, `Cannot read the request: expected a body packed by ${encoding}, found other bytes`);
  });
  share.giveBack(bytes - whole.length + packed.length);
  return new Uint8Array(whole.buffer as ArrayBuffer, whole.byteOffset, whole.length);
}

/** All of a body, as long as it is within the limit of bytes and comes in time. */
export async function readBody(
  asked: Source,
  limits: Limits,
  share: Share,
): Promise<Uint8Array<ArrayBuffer>> {
  const { "content-length": length = "0", "content-encoding": encoding = "identity" } = asked.headers;
  const name = encoding.trim().toLowerCase();
  if (name !== "identity" && !isPacked(name)) {
    throw new Refusal(
      415,
      `Cannot read the request: expected a body that is packed by gzip, deflate or not at all, found ${
        JSON.stringify(encoding)
      }`,
      { "accept-encoding": "gzip, deflate" },
    );
  }
  if (Number(length) > limits.bytes) throw tooLarge(limits.bytes);
  const body = new Uint8Array(await arrived(asked, limits, share));
  return isPacked(name) ? await unpacked(body, name, limits, share) : body;
}
