/** A thread that decodes one picture by WebAssembly. */
import { messageOf } from "../base/errors.ts";
import { decodeGif } from "./decode_gif.ts";
import { decodePortably } from "./decode_imagescript.ts";
import type { DecodeAnswer, DecodeTask } from "./decode_thread.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent<DecodeTask>) => void;
  postMessage(answer: DecodeAnswer, moved?: Transferable[]): void;
};

scope.onmessage = async ({ data: { bytes, header } }) => {
  try {
    const decode = header.format === "GIF" ? decodeGif : decodePortably;
    const samples = await decode(bytes, header);
    scope.postMessage({ samples }, [samples.data.buffer as ArrayBuffer]);
  } catch (error) {
    scope.postMessage({ error: messageOf(error) });
  }
};
