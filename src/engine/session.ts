/** A TensorFlow session: runs parts of a graph that may still grow. */
import { configProto, type SessionConfig } from "./config.ts";
import type { HostData } from "./dtype.ts";
import { type Graph, type Output, outputArray } from "./graph.ts";
import type { Library, Pointer } from "./library.ts";
import {
  deleteBuffer,
  deleteTensor,
  newBuffer,
  newTensor,
  pointerArray,
  readBuffer,
  readTensor,
} from "./native.ts";

/** A value to feed. */
export interface Feed {
  readonly output: Output;
  readonly dtype: number;
  readonly shape: readonly number[];
  readonly data: HostData;
}

/** What a run gave for one fetched output. */
export interface Fetched {
  readonly dtype: number;
  readonly shape: number[];
  readonly data: HostData;
}

/** An open session. */
export interface Session extends Disposable {
  /** Runs what the fetches and targets need, without holding up the event loop; `onProfile` hears what it took. */
  run(
    feeds: readonly Feed[],
    fetches: readonly Output[],
    targets: readonly Pointer[],
    onProfile?: (runMetadata: Uint8Array) => void,
  ): Promise<Fetched[]>;
}

/** RunOptions (config.proto) with `trace_level` FULL_TRACE. */
const FULL_TRACE = Uint8Array.of(1 << 3, 3);

/** Opens a session on a graph. */
export function openSession(library: Library, graph: Graph, config: SessionConfig): Session {
  const { c, made, gone, checked, checkedAsync } = library;
  const options = made("session options", c.TF_NewSessionOptions());
  const proto = configProto(config);
  checked("TF_SetConfig", (s) => c.TF_SetConfig(options, proto, BigInt(proto.length), s));
  const session = made(
    "session",
    checked("TF_NewSession", (s) => c.TF_NewSession(graph.pointer, options, s)),
  );
  c.TF_DeleteSessionOptions(options);
  gone();
  /** What native code is reading: Deno does not hold on to the buffers of a non-blocking call. */
  const inUse = new Set<unknown>();

  return {
    run: async (feeds, fetches, targets, onProfile) => {
      if (fetches.length + targets.length === 0) return []; // TensorFlow refuses to do nothing
      const inputs = feeds.map(({ dtype, shape, data }) => newTensor(library, dtype, shape, data));
      const results = new BigUint64Array(fetches.length);
      const options = onProfile ? newBuffer(library, FULL_TRACE) : null;
      const metadata = onProfile ? newBuffer(library) : null;
      const buffers = {
        fed: outputArray(feeds.map((feed) => feed.output)),
        inputs: pointerArray(inputs),
        fetched: outputArray(fetches),
        targets: pointerArray(targets),
      };
      inUse.add(buffers);
      try {
        await checkedAsync("the step", (status) =>
          c.TF_SessionRun(
            session,
            options,
            buffers.fed,
            buffers.inputs,
            feeds.length,
            buffers.fetched,
            results,
            fetches.length,
            buffers.targets,
            targets.length,
            metadata,
            status,
          ));
        if (metadata) onProfile?.(readBuffer(metadata));
      } finally {
        inUse.delete(buffers);
        for (const input of inputs) deleteTensor(library, input);
        for (const buffer of [options, metadata]) if (buffer) deleteBuffer(library, buffer);
      }
      return Array.from(results, (address) => {
        const tensor = made("tensor", Deno.UnsafePointer.create(address));
        const value = readTensor(library, tensor);
        deleteTensor(library, tensor);
        return value;
      });
    },
    [Symbol.dispose]: () => {
      checked("TF_CloseSession", (s) => c.TF_CloseSession(session, s));
      checked("TF_DeleteSession", (s) => c.TF_DeleteSession(session, s));
      gone();
    },
  };
}
