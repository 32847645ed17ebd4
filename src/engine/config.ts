/** TensorFlow's session configuration (config.proto), written in protocol-buffer wire form. */

/** What a session or an eager context is told. */
export interface SessionConfig {
  /** Threads of one operation. */
  readonly threads: number;
}

/** A field of type varint: key, then the number in 7-bit groups. */
function varint(field: number, value: number): number[] {
  const bytes = [field << 3];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push(rest % 128 | 128);
  return [...bytes, rest];
}

/** A field that holds a message of fewer than 128 bytes. */
const message = (field: number, body: readonly number[]): number[] => [field << 3 | 2, body.length, ...body];

/** The bytes of a ConfigProto. */
export const configProto = ({ threads }: SessionConfig): Uint8Array<ArrayBuffer> =>
  Uint8Array.from([
    ...varint(2, threads), // intra_op_parallelism_threads
    ...varint(5, threads), // inter_op_parallelism_threads
    ...message(6, varint(4, 1)), // gpu_options.allow_growth
    ...varint(7, 1), // allow_soft_placement
  ]);
