/** Programs that faults are injected into, each in a process of its own: a crash or a hang is counted, not suffered. */

/** How a program ended. */
export interface Ended {
  /** What it printed, but for the last line. */
  readonly lines: readonly string[];
  /** What went wrong, in words; undefined where it came to its end. */
  readonly fault?: string;
  /** Most memory it ever had, in bytes; undefined where the system does not tell. */
  readonly peak?: number;
}

/** Silence after which a program counts as hung unless it is given more, milliseconds. */
const SILENCE = 120_000;

/** The line after which a program waits for its input to end, so that it can be looked at. */
const DONE = "done";

/** Ends a program: it has printed all it had to say. */
export async function done(): Promise<void> {
  console.log(DONE);
  await new Response(Deno.stdin.readable).text();
  Deno.exit(0);
}

/** The most memory a process ever had: `VmHWM` of proc(5). */
function peakOf(pid: number): number | undefined {
  if (Deno.build.os !== "linux") return undefined;
  const [, kibibytes] = /VmHWM:\s+(\d+) kB/.exec(Deno.readTextFileSync(`/proc/${pid}/status`)) ?? [];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/**
 * Runs a Deno program that ends by {@link done}; `onLine` hears each line it prints. `inside` is a command that runs
 * another, the words before it.
 */
export async function runChild(
  args: readonly string[],
  { onLine, env, inside = [], silence = SILENCE }: {
    readonly silence?: number;
    readonly inside?: readonly string[];
    readonly onLine?: (line: string) => void;
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Promise<Ended> {
  const [program, ...words] = [...inside, Deno.execPath(), ...args];
  const command = new Deno.Command(program, {
    args: words,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    ...(env && { env }),
  });
  const child = command.spawn();
  const complaints = new Response(child.stderr).text();
  const lines: string[] = [];
  let peak: number | undefined, hung = false, finished = false;
  const watch = () =>
    setTimeout(() => {
      hung = true;
      child.kill("SIGKILL");
    }, silence);
  let watchdog = watch();
  for await (const line of linesOf(child.stdout)) {
    clearTimeout(watchdog);
    watchdog = watch();
    if (line === DONE) {
      finished = true;
      peak = peakOf(child.pid);
      await child.stdin.close();
    } else {
      lines.push(line);
      onLine?.(line);
    }
  }
  const { success, code, signal: killed } = await child.status;
  clearTimeout(watchdog);
  if (!finished) await child.stdin.close().catch(() => {});
  const said = (await complaints).trim().slice(-2000);
  const fault = hung
    ? `hung after ${JSON.stringify(lines.at(-1))}`
    : success && finished
    ? undefined
    : `ended by ${killed ?? `exit code ${code}`} after ${JSON.stringify(lines.at(-1))}: ${said}`;
  return { lines, ...(fault !== undefined && { fault }), ...(peak !== undefined && { peak }) };
}
