/** The HTTP server of a run. */
import { answers, warmUp } from "./answers.ts";
import type { Batching } from "./batcher.ts";
import { readQuestion } from "./body.ts";
import { type Limits, Refusal } from "./limits.ts";
import { metrics } from "./metrics.ts";
import { openApi } from "./openapi.ts";
import { pageFiles } from "./page.ts";
import type { Predictor } from "./predictor.ts";
import { prepared, variants } from "./told.ts";

/** How a run is served. */
export interface ServeOptions {
  /** A name or an address of this machine. */
  readonly hostname: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly limits: Limits;
  readonly batching: Batching;
  /** Hears of failures that are nobody's fault but the server's. */
  readonly onFailure: (error: unknown) => void;
}

/** A server that listens. */
export interface Serving {
  /** Where the page is. */
  readonly url: string;
  /** Takes no more connections; done when all that was under way has been answered. */
  stop(): Promise<void>;
}

const everywhere = { "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" };

const json = (value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response =>
  Response.json(value, { status, headers: { ...everywhere, ...headers } });

type Handler = (request: Request) => Promise<Response> | Response;

interface Route {
  readonly method: "GET" | "POST";
  readonly handle: Handler;
}

/** Answers a prediction, or refuses it where too many are under way. */
function predictions(answer: ReturnType<typeof answers>, limits: Limits) {
  let underWay = 0;
  const handle: Handler = async (request) => {
    if (underWay >= limits.concurrency) {
      throw new Refusal(
        429,
        `Cannot predict: expected at most ${limits.concurrency} predictions under way, found as many; try again`,
        { "retry-after": "1" },
      );
    }
    underWay++;
    try {
      return json({ labels: await answer(await readQuestion(request, limits)) });
    } finally {
      underWay--;
    }
  };
  return { handle, underWay: () => underWay };
}

function routed(routes: ReadonlyMap<string, Route>, request: Request): Handler {
  const { pathname } = new URL(request.url);
  const route = routes.get(pathname);
  if (route === undefined) {
    throw new Refusal(404, `Cannot answer: expected one of ${[...routes.keys()].join(", ")}`);
  }
  const method = request.method === "HEAD" ? "GET" : request.method;
  if (route.method === method) return route.handle;
  throw new Refusal(405, `Cannot answer: expected ${route.method} at ${pathname}, found another method`, {
    allow: route.method,
  });
}

/** Warms a predictor up and listens. */
export async function serve(
  predictor: Predictor,
  { hostname, port, limits, batching, onFailure }: ServeOptions,
): Promise<Serving> {
  const [, , grey] = variants({ image: new Uint8Array(), text: "" }, true);
  await warmUp(predictor, (await prepared(predictor, grey, false))[0], batching);
  const counts = metrics();
  const predict = predictions(answers(predictor, limits, batching, counts), limits);
  const get = (handle: Handler): Route => ({ method: "GET", handle });
  const document = openApi(predictor.labels, limits);
  const routes = new Map<string, Route>([
    ...Array.from(
      await pageFiles(),
      ([path, { text, headers }]) =>
        [path, get(() => new Response(text, { headers: { ...everywhere, ...headers } }))] as const,
    ),
    ["/predict", { method: "POST", handle: predict.handle }],
    ["/openapi.json", get(() => json(document))],
    ["/health", get(() => json({ status: "ok" }))],
    [
      "/metrics",
      get(() =>
        new Response(counts.text(predict.underWay()), {
          headers: { ...everywhere, "content-type": "text/plain; version=0.0.4; charset=utf-8" },
        })
      ),
    ],
  ]);
  const refused = (error: unknown): Response => {
    if (error instanceof Refusal) return json({ error: error.message }, error.status, error.headers);
    onFailure(error);
    return json({ error: "Cannot answer: the server failed; its log says why" }, 500);
  };
  const handler: Handler = async (request) => {
    const start = performance.now();
    const response = await Promise.try(() => routed(routes, request)(request)).catch(refused);
    const { pathname } = new URL(request.url);
    const path = routes.has(pathname) ? pathname : "other";
    counts.answered(path, response.status, (performance.now() - start) / 1000);
    return response;
  };
  const server = Deno.serve({ hostname, port, onListen: () => {}, onError: refused }, handler);
  const shown = hostname.includes(":") ? `[${hostname}]` : hostname;
  return { url: `http://${shown}:${server.addr.port}/`, stop: () => server.shutdown() };
}
