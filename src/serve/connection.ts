/** A TCP connection of Deno's as the stream that `node:http` speaks HTTP over. */
import type { IncomingMessage } from "node:http";
import { Duplex } from "node:stream";

/** Bytes read at a time. */
const PIECE = 64 * 1024;

type Done = (error?: Error | null) => void;

/**
 * A connection as `node:http` expects a socket. `node:net` itself does not serve here: its listener accepts nothing more
 * after the process has once run out of file descriptors (Deno 2.9.6), while `Deno.listen` can be asked again.
 */
export class Connection extends Duplex {
  /** Requests that came over it and are not answered. */
  readonly underWay = new Set<IncomingMessage>();
  /** Whether bytes have come since it was opened or since the last answer. */
  hasBegun = false;
  readonly #tcp: Deno.TcpConn;
  #limit = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Takes the connection over and closes it when destroyed. */
  constructor(tcp: Deno.TcpConn) {
    super();
    this.#tcp = tcp;
    tcp.setNoDelay(true);
  }

  /** Emits "timeout" after so many milliseconds in which nothing is read or written; 0: never. `node:http` calls it. */
  setTimeout(milliseconds: number): this {
    this.#limit = milliseconds;
    this.#active();
    return this;
  }

  /** Closes it when what has been written is sent. `node:http` calls it. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once("finish", () => this.destroy());
  }

  override _read(): void {
    const piece = new Uint8Array(PIECE);
    this.#tcp.read(piece).then((length) => {
      this.#active();
      this.hasBegun ||= length !== null;
      this.push(length === null ? null : piece.subarray(0, length));
    }, (error) => void this.destroy(error));
  }

  override _write(bytes: Uint8Array, _encoding: string, done: Done): void {
    this.#send(bytes).then(() => done(), done);
  }

  override _final(done: Done): void {
    this.#tcp.closeWrite().then(() => done(), () => done());
  }

  override _destroy(error: Error | null, done: Done): void {
    clearTimeout(this.#timer);
    try {
      this.#tcp.close();
    } catch {
      // It was closed by the other side.
    }
    done(error);
  }

  async #send(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#tcp.write(bytes.subarray(at));
    this.#active();
  }

  #active(): void {
    clearTimeout(this.#timer);
    if (this.#limit > 0 && !this.destroyed) {
      this.#timer = setTimeout(() => this.emit("timeout"), this.#limit);
    }
  }
}
