/** A process that answers questions: one word a line in, one line of JSON out, until its input ends. */
import { OnesheetError } from "../src/base/errors.ts";

/** A process that lives until it is disposed of. */
export interface Child extends AsyncDisposable {
  /** What it said of itself when it was ready. */
  readonly about: string;
  /** Asks for a number. */
  ask(question: string): Promise<number>;
  /** Its greatest resident memory so far, in bytes. */
  peakMemory(): Promise<number>;
}

/** The lines of a text that arrives in pieces. */
export async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}

/** `VmHWM` of a process. */
async function peakOf(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`).catch(() => "");
  const kilobytes = status.match(/^VmHWM:\s+(\d+) kB$/m)?.[1];
  if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  throw new OnesheetError("Cannot measure memory: expected Linux's /proc/<process>/status, found none");
}

/** Starts a process and waits until it is ready. */
export async function openChild(command: readonly [string, ...string[]]): Promise<Child> {
  const [program, ...args] = command;
  const process = new Deno.Command(program, { args, stdin: "piped", stdout: "piped", stderr: "inherit" })
    .spawn();
  const answers = linesOf(process.stdout);
  const writer = process.stdin.getWriter();
  const answer = async (): Promise<unknown> => {
    const { value, done } = await answers.next();
    if (done) {
      const { code, signal } = await process.status;
      throw new OnesheetError(`Cannot bench: ${program} ended with ${signal ?? `exit code ${code}`}`);
    }
    const said = JSON.parse(value);
    if (typeof said === "object") throw new OnesheetError(said.error);
    return said;
  };
  const close = async () => {
    await writer.close().catch(() => {}); // it may have ended by itself
    for await (const _ of answers);
    await process.status;
  };
  try {
    return {
      about: await answer() as string,
      ask: async (question) => {
        await writer.write(new TextEncoder().encode(question + "\n"));
        return await answer() as number;
      },
      peakMemory: () => peakOf(process.pid),
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The other end: says what it is, then answers every line by the measure of that name. */
export async function serve(
  open: () => Promise<
    { readonly about: string; readonly measures: Readonly<Record<string, () => Promise<number>>> }
  >,
): Promise<void> {
  try {
    const { about, measures } = await open();
    console.log(JSON.stringify(about));
    for await (const question of linesOf(Deno.stdin.readable)) {
      console.log(JSON.stringify(await measures[question]()));
    }
  } catch (error) {
    if (!(error instanceof OnesheetError)) throw error;
    console.log(JSON.stringify({ error: error.message }));
  }
}
