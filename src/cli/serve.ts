/** `serve`: a run behind HTTP, with a page. */
import { basename } from "node:path";
import { messageOf, OnesheetError } from "../base/errors.ts";
import { usualBatching } from "../serve/answers.ts";
import { originOf } from "../serve/cors.ts";
import { answersTo } from "../serve/hosts.ts";
import { type Limits, usualLimits } from "../serve/limits.ts";
import { openPredictor } from "../serve/predictor.ts";
import { serve as listen, type Serving } from "../serve/server.ts";
import type { Command } from "./command.ts";
import { engineOptions, openEngine } from "./engine.ts";
import { interruptible } from "./interrupt.ts";
import type { Parsed } from "./options.ts";
import { leaveNetwork } from "./permissions.ts";
import { loadRun } from "./recipes.ts";
import { print, tell } from "./terminal.ts";
import { recipeOption } from "./trust.ts";

const PORT = 8000;
const HOST = "127.0.0.1";

/** What `serve` takes. */
export const serveCommand = {
  name: "serve",
  summary: "Serves a run: a page to try it, and a JSON endpoint that /openapi.json describes.",
  positionals: { run: { help: "a run folder", required: true } },
  options: {
    port: {
      kind: "count",
      placeholder: "N",
      help: `where it listens; ${PORT} unless given, 0 for a free one`,
    },
    host: {
      kind: "string",
      placeholder: "NAME",
      help: `who may connect; ONESHEET_HOST or ${HOST}, this machine alone, unless given`,
    },
    "allow-host": {
      kind: "string",
      placeholder: "NAME",
      repeat: true,
      help:
        "another name of this server, such as that of a proxy in front; requests to other names are refused",
    },
    "cors-origin": {
      kind: "string",
      placeholder: "ORIGIN",
      repeat: true,
      help: "pages that may ask from a browser, such as https://films.example; * is any",
    },
    "path-prefix": {
      kind: "string",
      placeholder: "/PATH",
      help: "the path under which a proxy shows this server",
    },
    "max-batch": {
      kind: "count",
      placeholder: "N",
      help: `examples in a batch; ${usualBatching.most} unless given`,
    },
    "max-wait": {
      kind: "count",
      placeholder: "MS",
      help: `how long a request waits for others; ${usualBatching.wait} milliseconds unless given`,
    },
    "max-bytes": {
      kind: "count",
      placeholder: "N",
      help: `of a request's body; ${usualLimits.bytes} unless given`,
    },
    "max-pixels": {
      kind: "count",
      placeholder: "N",
      help: `of a poster; ${usualLimits.pixels} unless given`,
    },
    "max-tokens": { kind: "count", placeholder: "N", help: `of a plot; ${usualLimits.tokens} unless given` },
    "max-concurrent": {
      kind: "count",
      placeholder: "N",
      help: `predictions under way; ${usualLimits.concurrency} unless given`,
    },
    recipe: recipeOption,
    ...engineOptions,
  },
  examples: [
    "deno task serve runs/quickstart-20260101-120000",
    "curl -F poster=@poster.jpg -F plot='A ship is lost in space.' -F explain=true http://127.0.0.1:8000/predict",
  ],
} as const satisfies Command;

type Options = Parsed<typeof serveCommand>["options"];

const limitsOf = (options: Options): Limits => ({
  ...usualLimits,
  bytes: options["max-bytes"] ?? usualLimits.bytes,
  pixels: options["max-pixels"] ?? usualLimits.pixels,
  tokens: options["max-tokens"] ?? usualLimits.tokens,
  concurrency: options["max-concurrent"] ?? usualLimits.concurrency,
});

/** A prefix of paths without its last slash. */
function prefixOf(given = ""): string {
  const prefix = given.replace(/\/+$/, "");
  if (/^(\/[\w.~-]+)*$/.test(prefix)) return prefix;
  throw new OnesheetError(
    `Cannot use "--path-prefix ${given}": expected a path such as /films, of letters, digits and - . _ ~, found another text`,
    { exitCode: 2 },
  );
}

/** Refuses an address that this process may not listen on. */
function demandListening(host: string, port: number): void {
  if (Deno.permissions.querySync({ name: "net", host: `${host}:${port}` }).state === "granted") return;
  throw new OnesheetError(
    `Cannot serve on ${host}:${port}: this process may not; for a task set ONESHEET_HOST=${host}`,
    { exitCode: 2 },
  );
}

/** Runs the command until a signal ends it; gives its exit code. */
export async function serve({ positionals, options }: Parsed<typeof serveCommand>): Promise<number> {
  const { port = PORT } = options, host = options.host ?? (Deno.env.get("ONESHEET_HOST") || HOST);
  const batching = {
    most: options["max-batch"] ?? usualBatching.most,
    wait: options["max-wait"] ?? usualBatching.wait,
  };
  if (batching.most < 1 || port > 65535) {
    throw new OnesheetError(
      `Cannot serve: expected --max-batch of at least 1 and --port of at most 65535, found ${batching.most} and ${port}`,
      { exitCode: 2 },
    );
  }
  const [hosts, origins] = [options["allow-host"], options["cors-origin"].map(originOf)];
  const wrong = hosts.find((name) => !answersTo(name, [])(name));
  if (wrong !== undefined) {
    throw new OnesheetError(`Cannot use "--allow-host ${wrong}": expected a host name, found another text`, {
      exitCode: 2,
    });
  }
  const prefix = prefixOf(options["path-prefix"]);
  demandListening(host, port);
  const { folder, recipe } = await loadRun(positionals.run, options);
  const { engine, why } = await openEngine(options);
  using predictor = await openPredictor(folder, recipe, engine);
  using interrupt = interruptible("what is under way");
  const serving: Serving = await listen(predictor, {
    hostname: host,
    port,
    limits: limitsOf(options),
    batching,
    ...{ hosts, origins, prefix },
    onFailure: (error) => tell(messageOf(error)),
  }).catch((cause) => {
    if (!(cause instanceof Deno.errors.AddrInUse)) throw cause;
    throw new OnesheetError(`Cannot serve on ${host}:${port}: it is taken; give another --port`, { cause });
  });
  leaveNetwork();
  interrupt.watch();
  tell(`${engine.description} (${engine.name}: ${why})`);
  print(`${basename(folder)}: ${serving.url}`);
  await new Promise((resolve) => interrupt.signal.addEventListener("abort", resolve, { once: true }));
  const cut = await serving.stop();
  if (cut === 0) return 0;
  tell(`${cut} requests got no answer, as they took too long`);
  return 1;
}
