/**
 * An HTTP/1.1 server that outlives its clients: whoever connects and sends nothing, half of a request or reads no answer
 * is disconnected in time, running out of file descriptors ends nothing, and a stop has a deadline.
 */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { Readable } from "node:stream";
import { Connection } from "./connection.ts";

/** A request. */
export interface Asked {
  readonly method: string;
  /** As it was sent: a path with a query, or a whole address. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
}

/** An answer to a request. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Limits of connections, in seconds where nothing else is said. */
export interface ConnectionLimits {
  /** How long a request's head may take to arrive, and how long a client may wait with the next one. */
  readonly head: number;
  /** How long a request may take to arrive as a whole. */
  readonly request: number;
  /** How long a client may take to read an answer. */
  readonly answer: number;
  /** How long a stop waits for what is under way. */
  readonly stop: number;
  /** Open connections. The one that has waited longest without a request makes room for another. */
  readonly connections: number;
}

/** Default limits of connections. */
export const connectionLimits: ConnectionLimits = {
  head: 15,
  request: 45,
  answer: 30,
  stop: 5,
  connections: 1024,
};

/** Bytes of a refused request that are read and thrown away, so that its client sees the answer. */
const DRAINED = 64 * 2 ** 20;

/** Milliseconds until a connection is accepted again where that failed: so long a closed one may keep its descriptor. */
const AGAIN = 10;

/** A server that listens. */
export interface Listening {
  /** The port it has. */
  readonly port: number;
  /** Accepts nothing more and waits for what is under way; gives how many requests had arrived and got no answer. */
  stop(): Promise<number>;
}

const sentences: Readonly<Record<string, readonly [status: string, sentence: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ["408 Request Timeout", "expected it within a limit of time, found a part of it"],
  HPE_HEADER_OVERFLOW: ["431 Request Header Fields Too Large", "expected shorter headers"],
  HPE_PAUSED_H2_UPGRADE: ["505 HTTP Version Not Supported", "expected HTTP/1.1, found HTTP/2"],
};

/** The bytes that answer what is no request. */
function refusalOf(error: Error): string {
  const { code = "" } = error as { readonly code?: string };
  const [status, reason] = sentences[code] ?? ["400 Bad Request", "expected HTTP/1.1, found something else"];
  const body = JSON.stringify({ error: `Cannot read the request: ${reason}` });
  return `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/json\r\n` +
    `content-length: ${body.length}\r\n\r\n${body}`;
}

/** A server of `node:http` that is given its connections, with its own timers running. */
function httpServer({ head, request }: ConnectionLimits): Server {
  const server = createServer({
    headersTimeout: head * 1000,
    requestTimeout: request * 1000,
    keepAliveTimeout: head * 1000,
    connectionsCheckingInterval: 500,
  });
  // Otherwise it would not keep a connection after an answer.
  Object.defineProperty(server, "listening", { value: true });
  server.emit("listening");
  return server.on("clientError", (error, stream) => {
    const connection = stream as unknown as Connection;
    if (connection.writable && connection.hasBegun && connection.underWay.size === 0) {
      connection.end(refusalOf(error));
    } else connection.destroy();
  });
}

/** Sends an answer; what is left of the request is thrown away. */
function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, "content-length": new TextEncoder().encode(body).length });
  response.end(request.method === "HEAD" ? "" : body);
  let drained = 0;
  request.on("data", ({ length }) => {
    drained += length;
    if (drained > DRAINED) request.destroy();
  });
  request.resume();
}

/** Listens on an address and port; 0 is any port that is free. Errors: those of `Deno.listen`. */
export function listen(
  address: { readonly hostname: string; readonly port: number },
  answer: (asked: Asked) => Promise<Answer>,
  limits: ConnectionLimits = connectionLimits,
): Listening {
  const listener = Deno.listen(address), server = httpServer(limits);
  /** The one that has been without a request for longest is the first. */
  const open = new Set<Connection>();
  let isStopping = false, closed = Promise.withResolvers<void>();

  server.on("request", async (request, response) => {
    const connection = request.socket as unknown as Connection;
    connection.underWay.add(request);
    connection.setTimeout(0);
    for (const stream of [request, response]) stream.on("error", () => {}); // its client has gone
    const rest = () => {
      if (!request.complete || connection.underWay.has(request)) return;
      connection.hasBegun = false;
      if (isStopping) connection.destroySoon();
    };
    request.on("close", rest);
    response.on("close", () => {
      connection.underWay.delete(request);
      rest();
      if (open.delete(connection)) open.add(connection);
    });
    const { method = "", url: target = "", headers } = request;
    const answered = await answer({ method, target, headers, body: request }).catch(() => undefined);
    if (answered === undefined || !connection.writable) return void connection.destroy();
    if (isStopping) response.shouldKeepAlive = false;
    connection.setTimeout(limits.answer * 1000);
    send(request, response, answered);
  });

  /** Closes the connection that has been without a request for longest; false where each has one. */
  const makeRoom = (): boolean => {
    const longest = open.values().find(({ underWay }) => underWay.size === 0);
    longest?.destroy();
    return longest !== undefined;
  };
  const take = (tcp: Deno.TcpConn): void => {
    const connection = new Connection(tcp);
    open.add(connection);
    connection.on("error", () => {}); // its client has gone
    connection.on("close", () => {
      open.delete(connection);
      closed.resolve();
      closed = Promise.withResolvers();
    });
    server.emit("connection", connection);
  };
  const accepting = (async () => {
    while (!isStopping) {
      if (open.size >= limits.connections && !makeRoom()) await closed.promise;
      try {
        take(await listener.accept());
      } catch {
        // The listener is closed, the client has gone, or file descriptors have run out.
        if (isStopping) return;
        makeRoom();
        await new Promise((resolve) => setTimeout(resolve, AGAIN));
      }
    }
  })();
  return {
    port: (listener.addr as Deno.NetAddr).port,
    stop: async () => {
      isStopping = true;
      listener.close();
      for (const connection of open) if (!connection.hasBegun) connection.destroy();
      let cut = 0;
      const deadline = setTimeout(() => {
        cut = open.values().flatMap(({ underWay }) =>
          underWay
        ).filter(({ complete }) => complete).toArray().length;
        for (const connection of open) connection.destroy();
      }, limits.stop * 1000);
      while (open.size > 0) await closed.promise;
      clearTimeout(deadline);
      server.close();
      await accepting;
      return cut;
    },
  };
}
