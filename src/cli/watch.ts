/** `--watch-port`: the report of a run that is under way, for a browser on this machine. */
import { OnesheetError } from "../base/errors.ts";
import { html } from "../report/html.ts";
import { wholePage } from "../report/page.ts";
import { answersTo } from "../serve/hosts.ts";
import { type Answer, type Asked, listen, type Listening } from "../serve/listen.ts";
import { targetOf } from "../serve/target.ts";
import type { TrainEvent } from "../train/events.ts";
import { LOOPBACK } from "./allowed.ts";
import type { Reported } from "./reported.ts";

/** A page that is served. */
export interface Watch extends AsyncDisposable {
  /** Where it is. */
  readonly address: string;
  /** Shows another page from now on. */
  show(reported: Reported): void;
  /** Tells how far the run is. */
  hear(event: TrainEvent): void;
}

/** Puts a new page in the place of the old one, with what was opened left open; `VERSION` is the page's. */
const script = `
let version = VERSION;
const status = document.getElementById("status");
async function poll() {
  try {
    const now = await (await fetch("/status", { cache: "no-store" })).json();
    if (now.version !== version) {
      const text = await (await fetch("/", { cache: "no-store" })).text();
      const next = new DOMParser().parseFromString(text, "text/html");
      const open = [...document.querySelectorAll("details")].map((one) => one.open);
      const main = next.querySelector("main");
      main.querySelectorAll("details").forEach((one, i) => { one.open = open[i] === true; });
      document.querySelector("main").replaceWith(main);
      version = now.version;
    }
    status.textContent = now.line;
    setTimeout(poll, 2000);
  } catch {
    status.textContent = "The run has ended, or cannot be reached; report.html in its folder is the last page.";
  }
}
poll();
`;

const lineOf = (event: TrainEvent): string => {
  if (event.kind === "end") return `Ended: ${event.reason}.`;
  if (event.kind === "epoch") return `Epoch ${event.metrics.epoch} evaluated.`;
  const { epoch, epochs, batch, batches, loss } = event;
  return `Epoch ${epoch} of ${epochs}, batch ${batch} of ${batches}, mean loss ${loss.toFixed(4)}.`;
};

const nothingYet: Reported = {
  title: "Onesheet",
  body: html`
    <header>
      <h1>Onesheet</h1>
      <p id="status"></p>
    </header>
    <main>
      <p>No epoch has been evaluated yet.</p>
    </main>
  `,
};

/** Serves a page on a port of this machine, and to this machine alone. A port that is taken is an error. */
export function watch(port: number): Watch {
  let page = nothingYet, version = 0, line = "The run has not begun yet.";
  const mayAsk = answersTo(LOOPBACK, []);
  const answer = ({ target, headers }: Asked): Answer => {
    const { host = headers.host ?? "", path } = targetOf(target) ?? { path: "" };
    if (!mayAsk(host)) return answerOf("not here", "text/plain", 403);
    if (path === "/status") return answerOf(JSON.stringify({ version, line }), "application/json");
    if (path !== "/") return answerOf("not found", "text/plain", 404);
    const text = wholePage(page.title, page.body, script.replace("VERSION", String(version)));
    return answerOf(text, "text/html; charset=utf-8");
  };
  const server = listenOn(port, (asked) => Promise.resolve(answer(asked)));
  return {
    address: `http://${LOOPBACK}:${server.port}/`,
    show: (reported) => {
      page = reported;
      version++;
    },
    hear: (event) => void (line = lineOf(event)),
    [Symbol.asyncDispose]: async () => void await server.stop(),
  };
}

const answerOf = (body: string, type: string, status = 200): Answer => ({
  status,
  headers: { "content-type": type },
  body,
});

function listenOn(port: number, answer: (asked: Asked) => Promise<Answer>): Listening {
  try {
    return listen({ hostname: LOOPBACK, port }, answer);
  } catch (cause) {
    const why = cause instanceof Deno.errors.AddrInUse
      ? "another process has it; name another"
      : port > 65535
      ? "ports end at 65535"
      : cause instanceof Deno.errors.NotCapable
      ? "this task has no network; `deno task report` writes the page afterwards"
      : "the system refuses it";
    throw new OnesheetError(`Cannot use "--watch-port ${port}": ${why}`, { cause, exitCode: 2 });
  }
}
