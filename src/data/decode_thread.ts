/** Decoding by WebAssembly in a thread of its own, where it would keep the event loop from other work. */
import { OnesheetError } from "../base/errors.ts";
import type { ImageHeader } from "./image_header.ts";
import type { Samples } from "./samples.ts";

/** What a thread is asked. */
export interface DecodeTask {
  readonly bytes: Uint8Array;
  readonly header: ImageHeader;
}

/** What it answers: the samples, or why there are none. */
export type DecodeAnswer = { readonly samples: Samples } | { readonly error: string };

/** A picture of fewer pixels is decoded in less time than a thread takes to start. */
const SMALL = 1e6;

/** Decodes a picture by `decode`, or in a thread where it is large; one that takes more than `seconds` is given up. */
export async function decodeAside(
  decode: (bytes: Uint8Array, header: ImageHeader) => Promise<Samples>,
  bytes: Uint8Array,
  header: ImageHeader,
  seconds: number,
): Promise<Samples> {
  if (header.width * header.height <= SMALL) return await decode(bytes, header);
  const worker = new Worker(new URL("./decode_worker.ts", import.meta.url), { type: "module" });
  const answer = Promise.withResolvers<DecodeAnswer>();
  const timer = setTimeout(
    () => answer.reject(new OnesheetError(`expected to be done within ${seconds} seconds`)),
    seconds * 1000,
  );
  worker.onmessage = ({ data }: MessageEvent<DecodeAnswer>) => answer.resolve(data);
  worker.onerror = (event) => {
    event.preventDefault();
    answer.resolve({ error: event.message });
  };
  try {
    worker.postMessage({ bytes, header } satisfies DecodeTask);
    const found = await answer.promise;
    if ("samples" in found) return found.samples;
    throw new Error(found.error);
  } finally {
    clearTimeout(timer);
    worker.terminate();
  }
}
