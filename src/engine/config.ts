/** TensorFlow's session configuration (config.proto, rewriter_config.proto), as protocol buffers. */
import { joined, message, number, text } from "../base/protobuf.ts";
import type { EngineOptions, Precision } from "./options.ts";

/** What a session or an eager context is told. */
export interface SessionConfig extends Pick<EngineOptions, "precision" | "xla"> {
  /** Threads of one operation. */
  readonly threads: number;
  /** Whether it may use GPUs; those that the library sees unless told. */
  readonly gpu?: boolean;
}

const ON = 1, JIT_ON_1 = 1;

/** `rewrite_options` that lower the precision of products and convolutions. */
const rewriting: Readonly<Record<Precision, Uint8Array | readonly number[]>> = {
  float32: [],
  bfloat16: number(31, ON), // auto_mixed_precision_onednn_bfloat16
  mixed: number(23, ON), // auto_mixed_precision
};

/** `graph_options`: compilation and precision; none unless something was asked for. */
function graphOptions({ precision = "float32", xla = false }: SessionConfig): Uint8Array[] {
  const body = [
    ...xla ? [message(3, number(5, JIT_ON_1))] : [], // optimizer_options.global_jit_level
    ...rewriting[precision].length > 0 ? [message(10, rewriting[precision])] : [], // rewrite_options
  ];
  return body.length > 0 ? [message(10, ...body)] : [];
}

/** The bytes of a ConfigProto. */
export function configProto(config: SessionConfig): Uint8Array<ArrayBuffer> {
  const { threads, gpu } = config;
  return joined([
    ...gpu === false ? [message(1, text(1, "GPU"), number(2, 0))] : [], // device_count
    number(2, threads), // intra_op_parallelism_threads
    number(5, threads), // inter_op_parallelism_threads
    message(6, number(4, 1)), // gpu_options.allow_growth
    number(7, 1), // allow_soft_placement
    ...graphOptions(config),
  ]);
}
