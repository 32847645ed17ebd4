/** The HTTP server of a run: its routes, and what each says. */
import { messageOf, OnesheetError } from "../base/errors.ts";
import { show } from "../base/json.ts";
import { answers, warmUp } from "./answers.ts";
import type { Batching } from "./batcher.ts";
import { corsHeaders, preflight } from "./cors.ts";
import { holding, type Share } from "./held.ts";
import { answersTo } from "./hosts.ts";
import { type Field, NO_POSTER } from "./fields.ts";
import { heldBytes, type Limits, Refusal } from "./limits.ts";
import { type Answer, type Asked, listen } from "./listen.ts";
import { metrics } from "./metrics.ts";
import { openApi } from "./openapi.ts";
import { pageFiles } from "./page.ts";
import type { Predictor } from "./predictor.ts";
import { readQuestion } from "./question.ts";
import { type Target, targetOf } from "./target.ts";
import { prepared } from "./told.ts";

/** How a run is served. */
export interface ServeOptions {
  /** A name or an address of this machine. */
  readonly hostname: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly limits: Limits;
  readonly batching: Batching;
  /** Names of this server beside this machine's own and the address that it listens on. */
  readonly hosts?: readonly string[];
  /** Pages that may ask from a browser, as `https://films.example`; `*` is any. */
  readonly origins?: readonly string[];
  /** The path under which a proxy shows this server, such as `/films`; the root by default. */
  readonly prefix?: string;
  /** Hears of failures that are nobody's fault but the server's. */
  readonly onFailure: (error: unknown) => void;
}

/** A server that listens. */
export interface Serving {
  /** Where the page is. */
  readonly url: string;
  /** Takes no more connections and waits some seconds; gives how many requests had arrived and got no answer. */
  stop(): Promise<number>;
}

const everywhere = { "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" };

const json = (value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  headers: { ...everywhere, "content-type": "application/json", ...headers },
  body: JSON.stringify(value),
});

const text = (body: string, headers: Readonly<Record<string, string>>): Answer => ({
  status: 200,
  headers: { ...everywhere, ...headers },
  body,
});

interface Route {
  readonly method: "GET" | "POST";
  readonly handle: (asked: Asked) => Promise<Answer> | Answer;
}

/** Answers a prediction, or refuses it where too many are under way. */
function predictions(answer: ReturnType<typeof answers>, limits: Limits, fields: readonly Field[]) {
  const share: () => Share = holding(heldBytes(limits));
  let underWay = 0;
  const handle = async (asked: Asked): Promise<Answer> => {
    if (underWay >= limits.concurrency) {
      throw new Refusal(
        429,
        `Cannot predict: expected at most ${limits.concurrency} predictions under way, found as many; try again`,
        { "retry-after": "1" },
      );
    }
    underWay++;
    using held = share();
    try {
      return json({ labels: await answer(await readQuestion(asked, limits, held, fields)) });
    } finally {
      underWay--;
    }
  };
  return { handle, underWay: () => underWay };
}

/** A path without the prefix and without a final slash. */
function pathIn(path: string, prefix: string): string {
  const inside = path === prefix || path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path;
  return inside.replace(/(?<=.)\/$/, "") || "/";
}

function routed(routes: ReadonlyMap<string, Route>, path: string, method: string): Route["handle"] {
  const route = routes.get(path);
  if (route === undefined) {
    throw new Refusal(
      404,
      `Cannot answer: expected one of ${[...routes.keys()].join(", ")}, found ${show(path)}`,
    );
  }
  if (route.method === (method === "HEAD" ? "GET" : method)) return route.handle;
  throw new Refusal(405, `Cannot answer: expected ${route.method} at ${path}, found ${show(method)}`, {
    allow: route.method,
  });
}

/** The target of a request to one of the server's own names. */
function demandTarget({ target, headers }: Asked, mayAsk: (host: string) => boolean): Target {
  const found = targetOf(target), host = found?.host ?? headers.host ?? "";
  if (!mayAsk(host)) {
    throw new Refusal(
      421,
      `Cannot answer as ${
        show(host)
      }: expected a name of this server; where it is one, start it with --allow-host`,
    );
  }
  if (found === undefined) throw new Refusal(400, `Cannot answer: expected a path, found ${show(target)}`);
  return found;
}

function demandNoParameters({ parameters }: Target): void {
  if (parameters.length === 0) return;
  throw new Refusal(
    400,
    `Cannot answer: expected no query parameters, found ${
      parameters.slice(0, 5).map(show).join(", ")
    }; the fields of a question are in its body`,
  );
}

/** Warms a predictor up and listens. */
export async function serve(predictor: Predictor, options: ServeOptions): Promise<Serving> {
  const { hostname, port, limits, batching, hosts = [], origins = [], prefix = "", onFailure } = options;
  const [example] = await prepared(predictor, { image: NO_POSTER, text: "" }, false);
  await warmUp(predictor, example, batching);
  const counts = metrics();
  const { fields } = predictor;
  const predict = predictions(answers(predictor, limits, batching, counts), limits, fields);
  const get = (handle: Route["handle"]): Route => ({ method: "GET", handle });
  const document = openApi(predictor, limits, prefix);
  const metricsType = { "content-type": "text/plain; version=0.0.4; charset=utf-8" };
  const routes = new Map<string, Route>([
    ...Array.from(
      await pageFiles(fields),
      ([path, file]) => [path, get(() => text(file.text, file.headers))] as const,
    ),
    ["/predict", { method: "POST", handle: predict.handle }],
    ["/openapi.json", get(() => json(document))],
    ["/health", get(() => json({ status: "ok" }))],
    ["/metrics", get(() => text(counts.text(predict.underWay()), metricsType))],
  ]);
  const refused = (error: unknown): Answer => {
    if (error instanceof Refusal) return json({ error: error.message }, error.status, error.headers);
    onFailure(error);
    const why = error instanceof OnesheetError
      ? messageOf(error)
      : "Cannot answer: the server failed; its log says why";
    return json({ error: why }, 500);
  };
  const mayAsk = answersTo(hostname, hosts);
  const handle = async (asked: Asked, target: Target, path: string): Promise<Answer> => {
    if (prefix !== "" && target.path === prefix) {
      // Relative: from here the page's own addresses would miss the prefix.
      return { status: 308, headers: { ...everywhere, location: `${prefix.split("/").at(-1)}/` }, body: "" };
    }
    demandNoParameters(target);
    if (asked.method === "OPTIONS" && origins.length > 0) return preflight(routes.get(path)?.method);
    return await routed(routes, path, asked.method)(asked);
  };
  const answer = async (asked: Asked): Promise<Answer> => {
    const start = performance.now();
    let path = "other", answered: Answer;
    try {
      const target = demandTarget(asked, mayAsk), inside = pathIn(target.path, prefix);
      if (routes.has(inside)) path = inside;
      answered = await handle(asked, target, inside);
    } catch (error) {
      answered = refused(error);
    }
    counts.answered(path, answered.status, (performance.now() - start) / 1000);
    return { ...answered, headers: { ...answered.headers, ...corsHeaders(origins, asked.headers.origin) } };
  };
  const listening = listen({ hostname, port }, answer);
  const shown = hostname.includes(":") ? `[${hostname}]` : hostname;
  return { url: `http://${shown}:${listening.port}${prefix}/`, stop: listening.stop };
}
