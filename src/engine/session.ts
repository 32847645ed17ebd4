/** A TensorFlow session: runs parts of a graph that may still grow. */
import { configProto, type SessionConfig } from "./config.ts";
import type { HostData } from "./dtype.ts";
import { type Graph, type Output, outputArray } from "./graph.ts";
import type { Library, Pointer } from "./library.ts";
import {
  deleteBuffer,
  deleteTensor,
  newBlock,
  newBuffer,
  newTensor,
  type Numbers,
  pointerArray,
  pointersAt,
  readBuffer,
  takeTensors,
} from "./native.ts";

/** A value to feed. */
export interface Feed {
  readonly output: Output;
  readonly dtype: number;
  readonly shape: readonly number[];
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
  ): Promise<Numbers[]>;
}

/** RunOptions (config.proto) with `trace_level` FULL_TRACE. */
const FULL_TRACE = Uint8Array.of(1 << 3, 3);

/** Opens a session on a graph. */
export function openSession(library: Library, graph: Graph, config: SessionConfig): Session {
  const { c, made, gone, checked, checkedAsync } = library;
  const options = made("session options", c.TF_NewSessionOptions());
  const open = () => {
    const proto = configProto(config);
    checked("TF_SetConfig", (s) => c.TF_SetConfig(options, proto, BigInt(proto.length), s));
    return made("session", checked("TF_NewSession", (s) => c.TF_NewSession(graph.pointer, options, s)));
  };
  let session: Pointer;
  try {
    session = open();
  } finally {
    c.TF_DeleteSessionOptions(options);
    gone();
  }

  return {
    run: async (feeds, fetches, targets, onProfile) => {
      if (fetches.length + targets.length === 0) return []; // TensorFlow refuses to do nothing
      using owned = new DisposableStack();
      const tensor = (pointer: Pointer) => owned.adopt(pointer, () => deleteTensor(library, pointer));
      const buffer = (pointer: Pointer) => owned.adopt(pointer, () => deleteBuffer(library, pointer));

      const fed = feeds.map(({ dtype, shape, data }) => tensor(newTensor(library, dtype, shape, data)));
      const { block, places } = newBlock(library, [
        outputArray(feeds.map((feed) => feed.output)),
        pointerArray(fed),
        outputArray(fetches),
        pointerArray(targets),
        new BigUint64Array(fetches.length),
      ]);
      tensor(block);
      const [feedsAt, fedAt, fetchesAt, targetsAt, resultsAt] = places;
      const options = onProfile ? buffer(newBuffer(library, FULL_TRACE)) : null;
      const metadata = onProfile ? buffer(newBuffer(library)) : null;
      await checkedAsync("the step", (status) =>
        c.TF_SessionRun(
          session,
          options,
          feedsAt,
          fedAt,
          feeds.length,
          fetchesAt,
          resultsAt,
          fetches.length,
          targetsAt,
          targets.length,
          metadata,
          status,
        ));
      const results = pointersAt(resultsAt, fetches.length).map((pointer) => made("tensor", pointer));
      const values = takeTensors(library, results);
      if (metadata) onProfile?.(readBuffer(metadata));
      return values;
    },
    [Symbol.dispose]: () => {
      try {
        checked("TF_CloseSession", (s) => c.TF_CloseSession(session, s));
      } finally {
        checked("TF_DeleteSession", (s) => c.TF_DeleteSession(session, s));
        gone();
      }
    },
  };
}
