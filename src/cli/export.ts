/** `export`: a run's best model in the form that other programs read. */
import { join } from "node:path";
import { messageOf, OnesheetError } from "../base/errors.ts";
import { demandPushable, pushFolder } from "../data/hub/push.ts";
import { exists } from "../train/run.ts";
import type { Command } from "./command.ts";
import { type Files, graphModelFiles, hubFiles, savedModelFiles, writeFiles } from "./exporting.ts";
import type { Parsed } from "./options.ts";
import { demandWritable } from "./output.ts";
import { leaveNetwork } from "./permissions.ts";
import { demandNoPushOptions, pushCommandLine, pushOptions } from "./push.ts";
import { type LoadedRun, loadRun, userPath } from "./recipes.ts";
import { jsonText, print } from "./terminal.ts";
import { recipeOption } from "./trust.ts";

/** What `export` takes. */
export const exportCommand = {
  name: "export",
  summary: "Writes a run's best model in the form that other programs read.",
  positionals: { run: { help: "a run folder", required: true } },
  options: {
    to: {
      kind: "string",
      oneOf: ["savedmodel", "tfjs", "safetensors"],
      help: "a SavedModel, a graph model of TensorFlow.js, or a folder as the Hugging Face hub has them",
    },
    out: {
      kind: "string",
      placeholder: "DIR",
      help: "a new folder; in the run, under the form's name, unless given",
    },
    recipe: recipeOption,
    batch: {
      kind: "count",
      least: 1,
      placeholder: "N",
      help: "rows that a graph takes at a time; 1 unless given",
    },
    license: {
      kind: "string",
      placeholder: "NAME",
      help: "with --to safetensors: of the model, by the hub's name for it, such as mit. Default: unknown",
    },
    push: {
      kind: "string",
      placeholder: "OWNER/NAME",
      help: "with --to safetensors: also put the folder into this model repository of the Hugging Face hub",
    },
    ...pushOptions,
    json: { kind: "boolean", help: "for programs" },
  },
  examples: [
    "deno task export runs/quickstart-20260101-120000 --to savedmodel --batch 8",
    "deno task export runs/quickstart-20260101-120000 --to safetensors --push me/films",
  ],
} as const satisfies Command;

type Options = Parsed<typeof exportCommand>["options"];

const writers: Readonly<Record<string, (run: LoadedRun, options: Options) => Promise<Files>>> = {
  savedmodel: (run, { batch = 1 }) => savedModelFiles(run, batch),
  tfjs: (run, { batch = 1 }) => graphModelFiles(run, batch),
  safetensors: (run, { license = "unknown" }) => hubFiles(run, license),
};

const refuse = (sentence: string): never => {
  throw new OnesheetError(sentence, { exitCode: 2 });
};

/** Runs the command; gives its exit code. */
export async function exportRun({ positionals, options }: Parsed<typeof exportCommand>): Promise<number> {
  const { to, batch } = options;
  if (to === undefined) return refuse("Cannot export: expected --to savedmodel, tfjs or safetensors");
  if (batch !== undefined && to === "safetensors") {
    return refuse("Cannot use --batch with --to safetensors: parameters have no batch");
  }
  if (options.license !== undefined && !/^[a-z0-9][a-z0-9.-]*$/.test(options.license)) {
    return refuse(
      `Cannot use --license ${
        JSON.stringify(options.license)
      }: expected the hub's name for one, such as mit or cc-by-4.0`,
    );
  }
  if (options.license !== undefined && to !== "safetensors") {
    return refuse("Cannot use --license without --to safetensors: only that has a card");
  }
  const { push: repo } = options;
  if (repo === undefined) {
    demandNoPushOptions(options);
    leaveNetwork();
  } else if (to !== "safetensors") return refuse("Cannot use --push without --to safetensors");
  else demandPushable({ ...options, repo });
  const run = await loadRun(positionals.run, options);
  const folder = options.out === undefined ? join(run.folder, to) : userPath(options.out);
  await demandWritable(folder);
  if (await exists(folder)) {
    const again = repo === undefined ? "" : `, or put it on the hub by \`${pushCommandLine(folder, repo)}\``;
    refuse(`Cannot export to "${folder}": it is there already; name another by --out${again}`);
  }
  const files = await writers[to](run, options);
  await writeFiles(folder, files);
  const names = Object.keys(files).sort();
  const page = repo === undefined ? undefined : await pushFolder(folder, names, { ...options, repo }).catch(
    (cause) => {
      const again = `"${folder}" is written; \`${pushCommandLine(folder, repo)}\` tries again`;
      throw new OnesheetError(`${messageOf(cause)}; ${again}`, { cause });
    },
  );
  if (options.json) print(jsonText({ folder, files: names, ...page && { page } }, 2));
  else print(`${folder}: ${names.join(", ")}${page === undefined ? "" : `\n${page}`}`);
  return 0;
}
