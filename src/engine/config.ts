/** TensorFlow's session configuration (config.proto, rewriter_config.proto), written in protocol-buffer wire form. */
import type { EngineOptions, Precision } from "./options.ts";

/** What a session or an eager context is told. */
export interface SessionConfig extends Pick<EngineOptions, "precision" | "xla"> {
  /** Threads of one operation. */
  readonly threads: number;
  /** Whether it may use GPUs; those that the library sees unless told. */
  readonly gpu?: boolean;
}

/** A number in 7-bit groups. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push(rest % 128 | 128);
  return [...bytes, rest];
}

/** A field that holds a number. */
const number = (field: number, value: number): number[] => [...varint(field << 3), ...varint(value)];

/** A field that holds a message, a text or bytes. */
const message = (field: number, body: readonly number[]): number[] => [
  ...varint(field << 3 | 2),
  ...varint(body.length),
  ...body,
];

const ON = 1, JIT_ON_1 = 1;

/** `rewrite_options` that lower the precision of products and convolutions. */
const rewriting: Readonly<Record<Precision, readonly number[]>> = {
  float32: [],
  bfloat16: number(31, ON), // auto_mixed_precision_onednn_bfloat16
  mixed: number(23, ON), // auto_mixed_precision
};

/** `graph_options`: compilation and precision; none unless something was asked for. */
function graphOptions({ precision = "float32", xla = false }: SessionConfig): number[] {
  const body = [
    ...xla ? message(3, number(5, JIT_ON_1)) : [], // optimizer_options.global_jit_level
    ...rewriting[precision].length > 0 ? message(10, rewriting[precision]) : [], // rewrite_options
  ];
  return body.length > 0 ? message(10, body) : [];
}

/** The bytes of a ConfigProto. */
export function configProto(config: SessionConfig): Uint8Array<ArrayBuffer> {
  const { threads, gpu } = config;
  const noGpu = message(1, [...message(1, [...new TextEncoder().encode("GPU")]), ...number(2, 0)]);
  return Uint8Array.from([
    ...gpu === false ? noGpu : [], // device_count
    ...number(2, threads), // intra_op_parallelism_threads
    ...number(5, threads), // inter_op_parallelism_threads
    ...message(6, number(4, 1)), // gpu_options.allow_growth
    ...number(7, 1), // allow_soft_placement
    ...graphOptions(config),
  ]);
}
