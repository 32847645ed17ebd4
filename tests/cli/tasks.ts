/** The tasks of deno.json as a person starts them: under their own flags, from a folder of the person's. */
import { inProject, type Said } from "./command_line.ts";

/** The commands of deno.json, by task. */
export const tasks: ReadonlyMap<string, string> = new Map(
  Object.entries(
    (JSON.parse(Deno.readTextFileSync(inProject("deno.json"))) as {
      tasks: Record<string, { command: string }>;
    }).tasks,
  ).map(([name, { command }]) => [name, command]),
);

/** Starts a task from a folder and waits for its end; the environment comes on top of the usual one. */
export async function startTask(
  [name, ...args]: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Said> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", name, ...args],
    cwd: inProject(""),
    env: {
      INIT_CWD: folder,
      ONESHEET_CACHE: `${folder}/cache`,
      ONESHEET_TENSORFLOW: "",
      ONESHEET_READ: "",
      ONESHEET_WRITE: "",
      HF_ENDPOINT: "http://127.0.0.1:9",
      HF_HOME: `${folder}/huggingface`,
      HF_HUB_CACHE: "",
      HF_HUB_OFFLINE: "",
      NO_COLOR: "1",
      ...env,
    },
    stdin: "null",
  }).output();
  const [said, told] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, stdout: said, stderr: told };
}
