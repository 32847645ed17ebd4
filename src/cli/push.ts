/** `push`: a folder that `export` wrote, to the Hugging Face hub. */
import { join } from "node:path";
import { OnesheetError } from "../base/errors.ts";
import { temporaryFor } from "../base/files.ts";
import { demandPushable, pushFolder } from "../data/hub/push.ts";
import type { Command, Option } from "./command.ts";
import type { Parsed } from "./options.ts";
import { userPath } from "./recipes.ts";
import { jsonText, print } from "./terminal.ts";

/** How a folder is put on the hub. */
export const pushOptions = {
  public: {
    kind: "boolean",
    help: "visible to all, where the repository is made. Default: to its owner only",
  },
  revision: { kind: "string", placeholder: "BRANCH", help: "made where it is not there. Default: main" },
  message: { kind: "string", placeholder: "TEXT", help: "title of the commit. Default: Model and card" },
} as const satisfies Readonly<Record<string, Option>>;

/** What `push` takes. */
export const pushCommand = {
  name: "push",
  summary: "Puts a folder that export wrote into a model repository of the Hugging Face hub.",
  positionals: {
    folder: { help: "the folder", required: true },
    repo: { help: "owner/name, made where it is not there", required: true },
  },
  options: { ...pushOptions, json: { kind: "boolean", help: "for programs" } },
  examples: [
    "deno task push runs/quickstart-20260101-120000/safetensors me/films",
    'deno task push runs/first/safetensors me/films --revision v2 --message "More epochs" --public',
  ],
} as const satisfies Command;

/** The command line that pushes a folder. */
export const pushCommandLine = (folder: string, repo: string): string =>
  `deno task push ${JSON.stringify(folder)} ${repo}`;

/** Refuses options of a push where nothing is pushed. */
export function demandNoPushOptions(
  options: { readonly [name in keyof typeof pushOptions]?: unknown },
): void {
  const given = Object.keys(pushOptions).find((name) => options[name as keyof typeof pushOptions]);
  if (given === undefined) return;
  throw new OnesheetError(`Cannot use --${given} without --push OWNER/NAME`, { exitCode: 2 });
}

/** The names of a folder's files, those in folders below it with them; hidden and half-written ones are left out. */
async function filesIn(folder: string, below = ""): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isFile, isDirectory } of Deno.readDir(join(folder, below))) {
    if (name.startsWith(".") || temporaryFor(name) !== undefined) continue;
    if (isFile) names.push(below + name);
    if (isDirectory) names.push(...await filesIn(folder, `${below}${name}/`));
  }
  return names.sort();
}

/** The files of a folder that `export` wrote. */
async function exportedFiles(folder: string): Promise<string[]> {
  const there = await Deno.stat(folder).catch(() => undefined);
  const names = there?.isDirectory ? await filesIn(folder) : [];
  if (names.includes("config.json") && names.includes("model.safetensors")) return names;
  const found = there === undefined ? "none" : there.isDirectory ? "another folder" : "a file";
  throw new OnesheetError(
    `Cannot push "${folder}": expected a folder that export --to safetensors wrote, found ${found}`,
    { exitCode: 2 },
  );
}

/** Runs the command; gives its exit code. */
export async function push({ positionals, options }: Parsed<typeof pushCommand>): Promise<number> {
  const { repo } = positionals, folder = userPath(positionals.folder), to = { ...options, repo };
  demandPushable(to);
  const files = await exportedFiles(folder);
  const page = await pushFolder(folder, files, to);
  print(options.json ? jsonText({ folder, files, page }, 2) : page);
  return 0;
}
