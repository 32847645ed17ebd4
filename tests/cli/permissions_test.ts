/** Every task starts and does its work under the flags that deno.json gives it; what they do not name is refused. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { libraryNames } from "../../src/engine/setup/wheel.ts";
import { libraryFiles, nativeTest } from "../engine/native.ts";
import { png } from "../data/parquet_files.ts";
import { inProject, quickstart, small, withPlace } from "./command_line.ts";
import { startTask, tasks } from "./tasks.ts";

const portable = ["--engine", "portable"];
const training = [quickstart, ...portable, ...small, "--max-steps", "1", "--run", "runs/first"];

/** What a task is started with, its exit code and what it says; `folder` holds the run of `train`. */
const starts: readonly (readonly [
  task: string,
  args: (folder: string) => Promise<readonly string[]> | readonly string[],
  code: number,
  says: RegExp,
])[] = [
  ["train", () => training, 0, /run folder: /],
  [
    "sandbox",
    () => [quickstart, ...small, "--max-steps", "1", "--run", "runs/second"],
    0,
    /\(portable: this process may not use native code\)/,
  ],
  ["report", () => ["runs/first"], 0, /runs\/first\/report\.html$/m],
  ["evaluate", () => ["runs/first", ...portable], 0, /macro-F1/],
  [
    "predict",
    async (folder) => {
      await Deno.writeFile(`${folder}/poster.png`, png(20, 30, [200, 9, 9]));
      return ["runs/first", "--poster", "poster.png", "--plot", "A ship is lost.", ...portable];
    },
    0,
    /over 0\.5/,
  ],
  ["serve", () => ["runs/none"], 2, /expected a run folder, found none/],
  [
    "compare",
    () => [inProject("tests/cli/two_systems.ts"), ...portable, ...small, "--seeds", "1", "--epochs", "1"],
    0,
    /both +1 .* M\ntext +1 /,
  ],
  ["export", () => ["runs/first", "--to", "safetensors"], 0, /first\/safetensors: README\.md/],
  ["push", () => ["runs/first/safetensors", "me/films"], 2, /found none; set HF_TOKEN/],
  ["parity", () => [inProject("tests/golden/mini"), ...portable], 0, /evaluation logits/],
  ["doctor", () => ["--json"], 0, /"what": "sharp",\s+"ok": true/],
  ["setup", () => [], 0, /libtensorflow of your own is in /],
  ["allowed", () => ["train"], 0, /^--allow-write=.*\/runs,.*\/cache$/m],
  ["kernels", () => [], 0, /made resize\.wasm/],
  ["rehearse", () => [], 2, /Cannot run rehearse: expected <folder>, found none/],
  ["fidelity", () => ["--help"], 0, /deno task fidelity/],
  ["fuzz", () => ["--help"], 0, /deno task fuzz/],
  ["bench", () => ["--help"], 0, /deno task bench/],
  ["faults", () => ["--help"], 0, /deno task faults/],
];
/** These run all tests, this one with them. */
const around = ["test", "ok"];

Deno.test("every task is started by this file", () => {
  assertEquals([...tasks.keys()].sort(), [...starts.map(([name]) => name), ...around].sort());
});

/** For developers: they fill disks, look at other processes and start the other tasks. */
const developers = ["bench", "faults", "fidelity", "fuzz", "rehearse", ...around];

Deno.test("no task of a user may everything, and none asks in a prompt", async () => {
  for (const [name, command] of tasks) {
    if (developers.includes(name)) continue;
    for (const [started] of command.matchAll(/deno (run|test)( --?[\w-]+(=\S*)?| "[^"]*")*/g)) {
      assertStringIncludes(started, "--no-prompt", name);
      assert(!/ (-A|--allow-all)\b/.test(started), name);
    }
    if (!/ src\/cli\/task\.ts \w+$/.test(command) || name === "allowed") continue;
    const { stdout } = await startTask(["allowed", name, ...name === "sandbox" ? ["a.ts"] : []], Deno.cwd());
    const flags = stdout.split("\n");
    assert(flags.includes("--no-prompt") && flags.includes("--cached-only"), name);
    assert(!flags.some((flag) => /^(-A|--allow-(all|write|env|run))$/.test(flag)), name);
  }
});

Deno.test("every task does its work under its flags", async () => {
  await withPlace(async ({ folder }) => {
    const own = `${folder}/own`;
    await Deno.mkdir(own);
    for (const library of Object.values(libraryNames)) await Deno.writeTextFile(`${own}/${library}`, "");
    for (const [name, args, code, says] of starts) {
      const env = name === "setup" ? { ONESHEET_TENSORFLOW: own } : undefined;
      const said = await startTask([name, ...await args(folder)], folder, env);
      assertEquals(said.code, code, `${name}: ${said.stderr}`);
      assertMatch(said.stdout + said.stderr, says, name);
    }
  });
});

nativeTest("train, evaluate and the doctor use libtensorflow and sharp under their flags", async () => {
  await withPlace(async ({ folder }) => {
    const engine = ["--engine", "tensorflow"];
    for (
      const args of [
        ["train", quickstart, ...engine, ...small, "--max-steps", "1", "--run", "runs/first"],
        ["evaluate", "runs/first", ...engine],
        ["doctor"],
      ]
    ) {
      const said = await startTask(args, folder, { ONESHEET_TENSORFLOW: libraryFiles!.folder });
      assertEquals(said.code, 0, said.stderr);
      assert(!said.stdout.includes("this process may not"), said.stdout);
      if (args[0] === "doctor") assertMatch(said.stdout, /^ok {4}product on tensorflow: /m);
    }
  });
});

Deno.test("local data and weights are trained on without a single question for the network", async () => {
  await withPlace(async ({ folder }) => {
    const audit = `${folder}/audit.jsonl`;
    const first = await startTask(["train", ...training], folder);
    assertEquals(first.code, 0, first.stderr);
    const [data] = [...Deno.readDirSync(`${folder}/cache`)].filter(({ name }) => name.startsWith("drawn"));
    const again = ["train", quickstart, ...portable, "--max-steps", "1", "--data", `cache/${data.name}`];
    const said = await startTask([...again, "--weights", "runs/first/best.safetensors"], folder, {
      DENO_AUDIT_PERMISSIONS: audit,
    });
    assertEquals(said.code, 0, said.stderr);
    const asked = Deno.readTextFileSync(audit).trim().split("\n").map((line) => JSON.parse(line));
    const kinds = new Set(asked.map(({ permission }) => permission));
    assert(kinds.has("read") && kinds.has("write"), [...kinds].join());
    assertEquals(asked.filter(({ permission }) => permission === "net" || permission === "run"), []);
  });
});

Deno.test("the sandbox refuses a data folder elsewhere with the way out, and then reads it; train does not write elsewhere", async () => {
  await withPlace(({ folder }) =>
    withPlace(async (elsewhere) => {
      const args = ["sandbox", quickstart, "--data", elsewhere.folder];
      const refused = await startTask(args, folder);
      assertEquals(refused, {
        code: 2,
        stdout: "",
        stderr: `Cannot read "${elsewhere.folder}": the sandbox may not; where that is meant, set ` +
          `ONESHEET_READ=${elsewhere.folder}\n`,
      });
      const read = await startTask(args, folder, { ONESHEET_READ: elsewhere.folder });
      assertStringIncludes(read.stderr, `Cannot open the data "${elsewhere.folder}": expected parquet files`);
      const written = await startTask(
        ["train", ...training.slice(0, -1), `${elsewhere.folder}/run`],
        folder,
      );
      assertEquals([written.code, [...Deno.readDirSync(elsewhere.folder)]], [2, []]);
      assertStringIncludes(written.stderr, `set ONESHEET_WRITE=${elsewhere.folder}/run for a task`);
    })
  );
});

Deno.test("a run folder elsewhere is written to where it is named", async () => {
  await withPlace(({ folder }) =>
    withPlace(async (elsewhere) => {
      const run = `${elsewhere.folder}/run`;
      const said = await startTask(["train", ...training.slice(0, -1), run], folder, {
        ONESHEET_WRITE: run,
      });
      assertEquals(said.code, 0, said.stderr);
      assert(Deno.statSync(`${run}/best.safetensors`).isFile);
    })
  );
});

Deno.test("tasks for developers have a help, and refuse in one sentence what they do not know", async () => {
  await withPlace(async ({ folder }) => {
    for (const task of ["bench", "faults", "fidelity", "rehearse", "kernels"]) {
      const help = await startTask([task, "--help"], folder);
      assertEquals([help.code, help.stderr], [0, ""], task);
      assertStringIncludes(help.stdout, `Usage\n  deno task ${task}`);
      const unknown = await startTask([task, "--wat"], folder);
      assertEquals([unknown.code, unknown.stdout], [2, ""], task);
      assertEquals(unknown.stderr, `Cannot use "--wat": no such option; see deno task ${task} --help\n`);
    }
    for (
      const [args, says] of [
        [["rehearse", "gone"], 'Cannot open the data "HERE/gone": expected a folder, found none'],
        [["faults", "storag"], 'Cannot run the campaign "storag": '],
        [["bench", "stepp"], 'Cannot bench "stepp": '],
        [["fidelity", "pixel"], "pixel"],
        [["kernels", "resize"], 'Cannot run kernels: found "resize" too many'],
      ] as const
    ) {
      const said = await startTask(args, folder);
      assertEquals([said.code, said.stdout, said.stderr.split("\n").length], [2, "", 2], said.stderr);
      assertStringIncludes(said.stderr.replaceAll(folder, "HERE"), says);
    }
  });
});

/** What a folder may be called, and what shells and Deno's lists would stumble over. */
const ODD = "a, b $HOME 'c' \"d\" é 漢 #1%20;&";

Deno.test({
  name: "tasks work where the person stands in a folder of any name",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withPlace(async ({ folder }) => {
      const here = `${folder}/${ODD}`;
      await Deno.mkdir(here);
      await Deno.writeFile(`${here}/poster.png`, png(20, 30, [200, 9, 9]));
      const predict = ["predict", "runs/first", "--poster", "poster.png", "--plot", "A ship.", ...portable];
      for (const args of [["train", ...training], predict, ["sandbox", quickstart, ...small, "--plan"]]) {
        // Names of variables in HF_HOME are resolved, as Hugging Face's tools do.
        const said = await startTask(args, here, { HF_HOME: `${folder}/huggingface` });
        assertEquals(said.code, 0, said.stderr);
      }
      assertEquals([...Deno.readDirSync(here)].map(({ name }) => name).sort(), [
        "cache",
        "poster.png",
        "runs",
      ]);
    }),
});

/** Copies what is not ignored by git from the project. */
async function copyProject(to: string): Promise<void> {
  const copy = async (from: string, into: string) => {
    await Deno.mkdir(into);
    for (const { name, isDirectory } of Deno.readDirSync(from)) {
      if (isDirectory) await copy(`${from}/${name}`, `${into}/${name}`);
      else await Deno.copyFile(`${from}/${name}`, `${into}/${name}`);
    }
  };
  await Deno.mkdir(to);
  for (const name of ["layers", "recipes", "shims", "src"]) await copy(inProject(name), `${to}/${name}`);
  for (const name of ["deno.json", "deno.lock", "mod.ts"]) {
    await Deno.copyFile(inProject(name), `${to}/${name}`);
  }
}

Deno.test({
  name: "tasks work in a clone of any name",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withPlace(async ({ folder }) => {
      const clone = `${folder}/${ODD}`;
      await copyProject(clone);
      for (const args of [["train"], ["sandbox"]]) {
        const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
          args: ["task", "-q", ...args, "recipes/quickstart.ts", ...small, "--plan"],
          cwd: clone,
          env: { INIT_CWD: clone, ONESHEET_CACHE: `${clone}/cache`, NO_COLOR: "1" },
        }).output();
        assertEquals(code, 0, new TextDecoder().decode(stderr));
        assertStringIncludes(new TextDecoder().decode(stdout), "parameters");
      }
    }),
});

Deno.test("a folder that Deno's flags cannot name is refused in a sentence with the way out", async () => {
  await withPlace(async ({ folder }) => {
    const said = await startTask(["evaluate", "runs/none"], folder, { ONESHEET_CACHE: `${folder}/a,b` });
    assertEquals(said, {
      code: 2,
      stdout: "",
      stderr:
        `Cannot permit "${folder}/a,b" to be used: Deno's flags take no comma; give the command inside the ` +
        "folder that has one in its name, or use another\n",
    });
  });
});
