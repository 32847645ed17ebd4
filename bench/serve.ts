/** `serve`: a quickstart run behind HTTP under many clients. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { OnesheetError } from "../src/base/errors.ts";
import { film } from "../src/data/drawn.ts";
import type { Bench, BenchOptions, Figure } from "./bench.ts";

/** How much is asked. */
export interface Load {
  /** Each asks again as soon as it is answered. */
  readonly clients: number;
  /** After so long no client asks again. */
  readonly seconds: number;
  /** Nor after so many requests of all of them. */
  readonly requests: number;
  /** Arguments of `train` beside the recipe and the run. */
  readonly training: readonly string[];
}

/** Films that the clients ask about. */
const FILMS = 64;

const full: Load = { clients: 64, seconds: 60, requests: 200_000, training: ["--epochs", "3"] };

const project = fileURLToPath(new URL("../", import.meta.url));

const command = (args: readonly string[]): Deno.Command =>
  new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "src/cli/main.ts", ...args],
    cwd: project,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  });

/** Starts the server; its address is what it says first. */
async function started(run: string, engine: string) {
  const child = command(["serve", run, "--port", "0", "--engine", engine]).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  while (!said.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new OnesheetError("Cannot bench: the server ended before it listened");
    said += value;
  }
  return {
    url: said.trim().split(" ").at(-1)!,
    stop: async () => {
      child.kill("SIGTERM");
      await reader.cancel();
      await child.status;
    },
  };
}

/** Milliseconds of each answer, in the order of the answers, and how many requests had none or another status. */
async function asked(url: string, { clients, seconds, requests }: Load) {
  const bodies = Array.from({ length: FILMS }, (_, i) => {
    const { poster, plot } = film(1, i);
    return JSON.stringify({ poster: poster.toBase64(), plot });
  });
  const took: number[] = [], start = performance.now();
  let begun = 0, errors = 0;
  const client = async () => {
    while (begun < requests && performance.now() - start < seconds * 1000) {
      const body = bodies[begun++ % FILMS], from = performance.now();
      try {
        const response = await fetch(`${url}predict`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body,
        });
        const { labels } = await response.json();
        if (response.status === 200 && labels.length > 0) took.push(performance.now() - from);
        else errors++;
      } catch {
        errors++;
      }
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return { took, errors, seconds: (performance.now() - start) / 1000 };
}

/** Trains a run, serves it and asks. */
export async function serveBench(load: Load, { engine, onNote }: BenchOptions): Promise<Figure[]> {
  const scratch = await Deno.makeTempDir();
  const run = join(scratch, "run"), on = engine === "cuda" ? "cuda" : "tensorflow";
  try {
    const args = ["train", "recipes/quickstart.ts", "--engine", on, "--run", run, ...load.training];
    const trained = await command(args).output();
    if (!trained.success) throw new OnesheetError(`Cannot bench: train ended with ${trained.code}`);
    const server = await started(run, on);
    const found = await asked(server.url, load).finally(server.stop);
    const { length } = found.took, sorted = found.took.toSorted((a, b) => a - b);
    onNote(`${length} answers in ${found.seconds.toFixed(1)} s to ${load.clients} clients`);
    const at = (part: number) => sorted[Math.min(length - 1, Math.floor(part * length))];
    const figure = (name: string, unit: string, ours: number): Figure => ({
      ...{ name: `serve, ${name}`, unit, ours, pairs: 1 },
    });
    return [
      figure("answers", "a second", length / found.seconds),
      figure("half are answered within", "ms", at(0.5)),
      figure("99 of 100 are answered within", "ms", at(0.99)),
      figure("errors", "requests", found.errors),
    ];
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

/** The bench at full length. */
export const loadBench: Bench = {
  name: "serve",
  about: "a quickstart run behind HTTP: 64 clients on this machine for a minute",
  run: (options) => serveBench(full, options),
};
