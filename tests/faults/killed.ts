/** The training command, killed at a moment; what a finished run comes to. */
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { sha256Of } from "../../src/base/digest.ts";
import { exists, runFiles } from "../../src/train/run.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const recipe = fileURLToPath(new URL("killed_recipe.ts", import.meta.url));

/** What a command can be killed in; all but `write` are what {@link recipe} announces. */
export const phases = ["download", "caching", "step", "write", "evaluation"] as const;
export type Phase = typeof phases[number];

/** When to kill: so many milliseconds after the phase was seen so many times. */
export interface Moment {
  readonly phase: Phase;
  readonly nth: number;
  readonly delay: number;
}

/** A run that is to be trained in spite of everything. */
export interface Target {
  readonly engine: "tensorflow" | "portable";
  readonly run: string;
  readonly env: Readonly<Record<string, string>>;
}

/** How one process ended. */
export interface Ending {
  /** Undefined when it was killed. */
  readonly code: number | undefined;
  readonly said: string;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Starts training, or goes on with it where it has begun; kills the process at the moment, if that comes. */
export async function train({ engine, run, env }: Target, moment?: Moment): Promise<Ending> {
  const goesOn = await exists(runFiles(run).recipe);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "src/cli/main.ts", "train", recipe, "--engine", engine, "--run", run],
      ...goesOn ? ["--resume"] : ["--checkpoint-every", "3"],
    ],
    cwd: root,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let said = "", ended = false, killed = false;
  let seen = 0;
  const see = async () => {
    if (++seen !== moment?.nth) return;
    await pause(moment.delay);
    if (ended) return;
    killed = true;
    child.kill("SIGKILL");
  };
  const listening = (async () => {
    let begun = "";
    for await (const piece of child.stderr.pipeThrough(new TextDecoderStream())) {
      said += piece;
      const lines = (begun + piece).split("\n");
      begun = lines.pop()!;
      for (const line of lines) if (line === `@${moment?.phase}`) see();
    }
  })();
  const watching = moment?.phase === "write" ? watchWrites(run, () => ended, see) : undefined;
  const { code } = await child.status;
  ended = true;
  await Promise.all([listening, watching]);
  return { code: killed ? undefined : code, said };
}

/** Calls `see` for every checkpoint whose writing begins, until it is over. */
async function watchWrites(run: string, over: () => boolean, see: () => void): Promise<void> {
  const known = new Set<string>();
  while (!over()) {
    for (const name of halfWritten(run)) {
      if (!known.has(name)) see();
      known.add(name);
    }
    await pause(1);
  }
}

/** Checkpoints of which only a part is there. */
export function halfWritten(run: string): string[] {
  try {
    return [...Deno.readDirSync(run)].map(({ name }) => name).filter((name) => /^last\..*\.tmp$/.test(name));
  } catch {
    return [];
  }
}

/** SHA-256 of all that a finished run holds; of `metrics.jsonl` without the seconds of each epoch. */
export async function fingerprint(run: string): Promise<Record<string, string>> {
  const { metrics, best, last } = runFiles(run);
  const text = (await Deno.readTextFile(metrics)).replaceAll(/"seconds":[\d.]+,/g, "");
  return {
    metrics: createHash("sha256").update(text).digest("hex"),
    best: await sha256Of(best),
    weights: await sha256Of(`${last}/weights.safetensors`),
    moments: await sha256Of(`${last}/optimizer.safetensors`),
    state: await sha256Of(`${last}/state.json`),
  };
}
