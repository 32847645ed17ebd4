/**
 * The host that the hub redirects to for large files, for tests: HTTP/1.1 with ranges on a bare TCP socket, so that a
 * connection can be cut or fall silent after any byte.
 */

/** What goes wrong with one answer; `after` counts bytes of its body. */
export type Trouble =
  | { readonly kind: "cut" | "stall"; readonly after: number }
  | { readonly kind: "send"; readonly bytes: Uint8Array }
  | { readonly kind: "answer"; readonly status: number; readonly headers?: Readonly<Record<string, string>> };

/** A request as the store saw it. */
export interface StoreRequest {
  /** Path of the address. */
  readonly path: string;
  /** First byte asked for. */
  readonly start: number;
  /** Names are in lower case. */
  readonly headers: Headers;
  /** Requests for this path before this one. */
  readonly turn: number;
}

/** A running store. */
export interface Store extends AsyncDisposable {
  /** Its address, without a slash at the end. */
  readonly address: string;
  /** What was asked of it, in order. */
  readonly asked: StoreRequest[];
}

/** The head of a request, after all of it has come; undefined when the client leaves before. */
async function headOf(connection: Deno.Conn): Promise<string | undefined> {
  const buffer = new Uint8Array(16_384);
  let length = 0;
  for (;;) {
    const read = await connection.read(buffer.subarray(length));
    if (read === null) return undefined;
    const [head, body] = new TextDecoder().decode(buffer.subarray(0, length += read)).split("\r\n\r\n");
    const expected = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
    if (body !== undefined && body.length >= expected) return head;
  }
}

async function send(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

const headText = (status: number, headers: Readonly<Record<string, string>>): Uint8Array =>
  new TextEncoder().encode(
    [`HTTP/1.1 ${status} .`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), "", ""]
      .join("\r\n"),
  );

/** Answers one request; `connection: close` after each, so that the end of a body is the end of a connection. */
async function answer(
  connection: Deno.Conn,
  content: Uint8Array | undefined,
  { start }: StoreRequest,
  ranged: boolean,
  trouble: Trouble | undefined,
): Promise<void> {
  const close = { connection: "close" };
  if (trouble?.kind === "answer") {
    return await send(
      connection,
      headText(trouble.status, { ...close, "content-length": "0", ...trouble.headers }),
    );
  }
  const whole = trouble?.kind === "send" ? trouble.bytes : content;
  if (whole === undefined) return await send(connection, headText(404, { ...close, "content-length": "0" }));
  if (start >= whole.length && ranged) {
    const headers = { ...close, "content-range": `bytes */${whole.length}`, "content-length": "0" };
    return await send(connection, headText(416, headers));
  }
  const rest = whole.subarray(start);
  const range = ranged && { "content-range": `bytes ${start}-${whole.length - 1}/${whole.length}` };
  const head = headText(ranged ? 206 : 200, { ...close, "content-length": `${rest.length}`, ...range });
  const limit = trouble?.kind === "cut" || trouble?.kind === "stall" ? trouble.after : rest.length;
  await send(connection, head);
  await send(connection, rest.subarray(0, limit));
  // Silent until the client leaves.
  if (trouble?.kind === "stall") await connection.read(new Uint8Array(1));
}

/** Starts a store; `contentOf` has the files by path, `troubleOf` says what goes wrong with an answer. */
export function serveStore(
  contentOf: (path: string) => Uint8Array | undefined,
  troubleOf: (request: StoreRequest) => Trouble | undefined,
): Store {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const asked: StoreRequest[] = [];
  const [open, atWork] = [new Set<Deno.Conn>(), new Set<Promise<void>>()];
  const close = (connection: Deno.Conn): void => {
    if (open.delete(connection)) connection.close();
  };
  const converse = async (connection: Deno.Conn): Promise<void> => {
    open.add(connection);
    try {
      const head = await headOf(connection);
      if (head === undefined) return;
      const [first, ...lines] = head.split("\r\n");
      const path = first.split(" ")[1].split("?")[0];
      const headers = new Headers(lines.map((line) => line.split(/:\s*(.*)/s, 2) as [string, string]));
      const range = headers.get("range");
      const start = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
      const request = { path, start, headers, turn: asked.filter((other) => other.path === path).length };
      asked.push(request);
      await answer(connection, contentOf(path), request, range !== null, troubleOf(request));
    } catch {
      // The client has left, or the test is over.
    } finally {
      close(connection);
    }
  };
  const accepting = (async () => {
    for await (const connection of listener) {
      const work = converse(connection);
      atWork.add(work);
      work.finally(() => atWork.delete(work));
    }
  })();
  return {
    address: `http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      listener.close();
      await accepting;
      for (const connection of open) close(connection);
      await Promise.all(atWork);
    },
  };
}
