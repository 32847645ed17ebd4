/** Recipes that want more than a recipe needs: refused by one sentence, and nothing came of it. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { inProject, quickstart, small, withPlace } from "./command_line.ts";
import { startTask } from "./tasks.ts";

const worker = (code: string) =>
  `const code = ${JSON.stringify(`try { ${code} } catch (error) { self.postMessage(error.message); }`)};
   const worker = new Worker("data:text/javascript," + encodeURIComponent(code), { type: "module" });
   const message = await new Promise((told) => worker.onmessage = ({ data }) => told(data));
   worker.terminate();
   throw new Error(message);`;

/** What a recipe does when it is read, with `OUT`, `HERE` and `HOST` to fill in, and what is said. */
const attempts: readonly (readonly [what: string, code: string, says: RegExp])[] = [
  ["writes a file elsewhere", `Deno.writeTextFileSync("OUT/new", "");`, /Cannot write "OUT\/new"/],
  [
    "writes a file elsewhere through Node's functions",
    `import { writeFileSync } from "node:fs"; writeFileSync("OUT/new", "");`,
    /Cannot write "OUT\/new"/,
  ],
  [
    "writes a file elsewhere in a worker",
    worker(`Deno.writeTextFileSync("OUT/new", "")`),
    /write "OUT\/new"/,
  ],
  ["removes a file elsewhere", `Deno.removeSync("OUT/kept");`, /Cannot write "OUT\/kept"/],
  [
    "changes the project",
    `Deno.writeTextFileSync("PROJECT/src/new.ts", "");`,
    /Cannot write ".*\/src\/new\.ts"/,
  ],
  ["links to elsewhere", `Deno.symlinkSync("OUT", "HERE/runs/link");`, /symlink/],
  ["runs a program", `new Deno.Command("sh").outputSync();`, /Cannot run "sh"/],
  ["asks for a variable", `Deno.env.get("SECRET");`, /Cannot read the environment variable "SECRET"/],
  ["asks a server", `await fetch("http://HOST/");`, /Cannot connect to "HOST"/],
  [
    "opens a connection",
    `const [hostname, port] = "HOST".split(":"); await Deno.connect({ hostname, port: +port });`,
    /Cannot connect to "HOST"/,
  ],
  ["listens", `Deno.listen({ port: 0 });`, /Cannot connect to "0\.0\.0\.0:0"/],
  [
    "imports from a server",
    `await import("http://HOST/" + "a.ts");`,
    /--cached-only|Failed reading cache entry/,
  ],
  ["imports a package that is not the project's", `await import("npm:" + "onesheet-none");`, /onesheet-none/],
];
/** What else the sandbox refuses. */
const enclosed: typeof attempts = [
  ["reads /etc/shadow", `Deno.readTextFileSync("/etc/shadow");`, /Cannot read "\/etc\/shadow"/],
  ["reads a file elsewhere", `Deno.readTextFileSync("OUT/kept");`, /Cannot read "OUT\/kept"/],
  ["imports a file elsewhere", `await import("OUT/kept.ts");`, /Cannot read "OUT\/kept\.ts"/],
  [
    "imports JSON elsewhere",
    `await import("OUT/kept.json", { with: { type: "json" } });`,
    /Cannot read "OUT\/kept\.json"/,
  ],
  [
    "requires JSON elsewhere",
    `import { createRequire } from "node:module"; createRequire(import.meta.url)("OUT/kept.json");`,
    /Cannot read "OUT\/kept\.json"/,
  ],
  [
    "opens a native library",
    `Deno.dlopen("libc.so.6", {});`,
    /Cannot open the native library "libc\.so\.6"/,
  ],
  [
    "opens a native library through Node's functions",
    `import process from "node:process"; process.dlopen({ exports: {} }, "OUT/kept");`,
    /Cannot open the native library "OUT\/kept"/,
  ],
  [
    "rewrites another run",
    `Deno.writeTextFileSync("HERE/runs/mine/recipe.json", "{}");`,
    /Cannot write "HERE/,
  ],
  [
    "puts a file into another run in a worker",
    worker(`Deno.writeTextFileSync("HERE/runs/mine/evil.ts", "")`),
    /write "HERE\/runs\/mine\/evil\.ts"/,
  ],
  ["removes another run", `Deno.removeSync("HERE/runs/mine", { recursive: true });`, /Cannot write "HERE/],
  ["moves another run", `Deno.renameSync("HERE/runs/mine", OWN + "/mine");`, /Cannot (read|write) "HERE/],
  [
    "gives a file of another run a name of its own",
    `Deno.linkSync("HERE/runs/mine/recipe.json", OWN + "/a");`,
    /Cannot (read|write) "HERE/,
  ],
  [
    "makes a run of its own beside its run",
    `Deno.mkdirSync("HERE/runs/new");`,
    /Cannot write "HERE\/runs\/new"/,
  ],
  [
    "writes into the usual cache",
    `Deno.writeTextFileSync("HERE/cache/a", "");`,
    /Cannot write "HERE\/cache\/a"/,
  ],
  [
    "changes a recipe that is not its own",
    `Deno.writeTextFileSync("HERE/other.ts", "");`,
    /Cannot write "HERE\/other\.ts"/,
  ],
  [
    "changes a package",
    `Deno.writeTextFileSync("PROJECT/node_modules/csv-parse/a.js", "");`,
    /Cannot write /,
  ],
  [
    "changes the project's settings",
    `Deno.writeTextFileSync("PROJECT/deno.json", "{}");`,
    /Cannot write ".*deno\.json"/,
  ],
  ["uses a folder for temporary files", `Deno.makeTempDirSync();`, /Cannot write "/],
  ["leaves something in localStorage", `localStorage.setItem("a", "b");`, /Not a directory/],
  [
    "leaves something in sessionStorage",
    `sessionStorage.setItem("a", "b");throw new Error("gone with the process");`,
    /gone with/,
  ],
  ["leaves something in the cache of requests", `await caches.open("a");`, /Failed to create cache storage/],
  ["leaves something in a database", `await Deno.openKv();`, /not a function/],
  [
    "leaves something in a database of SQLite",
    `import { DatabaseSync } from "node:sqlite"; new DatabaseSync("HERE/runs/a.db");`,
    /Cannot (read|write) "HERE\/runs\/a\.db"/,
  ],
  [
    "leaves something in an attached database",
    `import { DatabaseSync } from "node:sqlite"; new DatabaseSync(":memory:").exec("ATTACH 'HERE/runs/a.db' AS a");`,
    /too many attached databases/,
  ],
  ["asks for the token", `Deno.env.get("HF_TOKEN");`, /Cannot read the environment variable "HF_TOKEN"/],
  ["asks where the token is", `Deno.env.get("HF_TOKEN_PATH");`, /the environment variable "HF_TOKEN_PATH"/],
  ["asks for all variables", `Deno.env.toObject();`, /Requires env access|Cannot read the environment/],
  [
    "asks where else files are",
    `Deno.env.get("ONESHEET_WRITE");`,
    /Cannot read the environment variable "ONESHEET_WRITE"/,
  ],
  [
    "reads the token where the person stands",
    `Deno.readTextFileSync("HERE/huggingface/token");`,
    /Cannot read "HERE\/huggingface\/token"/,
  ],
  [
    "reads the tokens by another path",
    `Deno.readTextFileSync("HERE/runs/../huggingface/stored_tokens");`,
    /Cannot read ".*stored_tokens"/,
  ],
  [
    "reads the environment of the process above",
    "Deno.readTextFileSync(`/proc/${Deno.ppid}/environ`);",
    /Cannot read "\/proc/,
  ],
  ["ends the process above", `Deno.kill(Deno.ppid);`, /Requires run access|Cannot run/],
];

/** A server on this machine, which `HF_ENDPOINT` names, so that the flags allow it; what was asked of it. */
async function withServer(test: (host: string, asked: string[]) => Promise<void>): Promise<void> {
  const asked: string[] = [];
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, ({ url }) => {
    asked.push(new URL(url).pathname);
    return new Response("export {};", { headers: { "content-type": "text/javascript" } });
  });
  await test(`127.0.0.1:${server.addr.port}`, asked);
}

/** The files in a folder and below, with what is in them. */
async function contentsOf(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    // The note that the person gave the recipe.
    if (name === "recipes") continue;
    Object.assign(found, isDirectory ? await contentsOf(path) : { [path]: await Deno.readTextFile(path) });
  }
  return found;
}

const kept = ["kept", "kept.json", "kept.ts"];

/** What a place and a folder elsewhere hold before a hostile recipe is started. */
async function furnish(folder: string, out: string): Promise<void> {
  for (const name of kept) await Deno.writeTextFile(`${out}/${name}`, "{}");
  for (const name of ["runs/mine", "huggingface", "cache"]) {
    await Deno.mkdir(`${folder}/${name}`, { recursive: true });
  }
  const mine = ["runs/mine/recipe.json", "huggingface/token", "huggingface/stored_tokens", "other.ts"];
  for (const name of mine) await Deno.writeTextFile(`${folder}/${name}`, "hf_secret");
}

/** Starts a task on a recipe that does all of this, one after the other; gives what came of each. */
const refused = (task: string, all: typeof attempts) => (t: Deno.TestContext) =>
  withPlace(({ folder }) =>
    withPlace((elsewhere) =>
      withServer(async (host, asked) => {
        const out = elsewhere.folder;
        await furnish(folder, out);
        const fill = (text: string) =>
          text.replaceAll("OUT", out).replaceAll("HERE", folder).replaceAll("HOST", host)
            .replaceAll("PROJECT", Deno.cwd());
        // The folder that the sandbox may write in.
        const own =
          `import { dirname } from "node:path"; const OWN = dirname(Deno.env.get("ONESHEET_CACHE"));`;
        for (const [i, [, code]] of all.entries()) {
          await Deno.writeTextFile(`${folder}/${i}.ts`, `${own}\n${fill(code)}\nexport default "";`);
        }
        await Deno.writeTextFile(
          `${folder}/bad.ts`,
          `import { messageOf } from ${JSON.stringify(inProject("src/base/errors.ts"))};
             // Deno does not wait for all of these by itself.
             const waiting = setInterval(() => {}, 1000), said = [];
             for (let i = 0; i < ${all.length}; i++) {
               said.push(await import("./" + i + ".ts").then(() => "done", (error) => messageOf(error)));
             }
             clearInterval(waiting);
             console.log(JSON.stringify(said));`,
        );
        const before = await contentsOf(folder);
        const { code, stdout, stderr } = await startTask([task, "bad.ts"], folder, {
          HF_ENDPOINT: `http://${host}`,
          HF_HUB_OFFLINE: task === "train" ? "1" : "",
          SECRET: "secret",
          ...task === "sandbox" && { HF_TOKEN: "hf_secret", ONESHEET_WRITE: out },
        });
        assertStringIncludes(
          stderr,
          'Cannot load the recipe "bad.ts": expected a recipe as its default export',
        );
        assertEquals([code, stderr.trimEnd().split("\n").length], [1, 1], stderr);
        const said: string[] = JSON.parse(stdout);
        for (const [i, [what, , says]] of all.entries()) {
          await t.step(what, () => assertMatch(said[i], new RegExp(fill(says.source))));
        }
        assert(!stdout.includes("hf_secret"), stdout);
        assertEquals([...Deno.readDirSync(out)].map(({ name }) => name).sort(), kept);
        assertEquals([await contentsOf(folder), asked], [before, []]);
      })
    )
  );

for (const task of ["train", "sandbox"]) {
  const all = task === "sandbox" ? [...attempts, ...enclosed] : attempts;
  Deno.test(`${task} refuses a recipe that wants more than a recipe needs`, refused(task, all));
}

Deno.test("what a recipe may not is one sentence of the command", async () => {
  await withPlace(async ({ folder }) => {
    await Deno.writeTextFile(`${folder}/bad.ts`, `Deno.writeTextFileSync("/etc/new", "");`);
    const said = async (task: string) => (await startTask([task, "bad.ts"], folder)).stderr;
    const sentence = 'Cannot load the recipe "bad.ts": Cannot write "/etc/new": ';
    assertEquals(await said("sandbox"), `${sentence}the sandbox may not\n`);
    assertStringIncludes(
      await said("train"),
      `${sentence}this process may not; where that is meant, set ONESHEET_WRITE`,
    );
  });
});

Deno.test("train gives the network up before the first step, though the flags allow the hub", async () => {
  await withPlace(({ folder }) =>
    withServer(async (host, asked) => {
      await Deno.writeTextFile(
        `${folder}/calls.ts`,
        `import quickstart from ${JSON.stringify(quickstart)};
         const ask = (path) => fetch("http://${host}" + path).then(({ status }) => "answered " + status, (error) => error.message);
         console.error("before:", await ask("/before"));
         const { learningRate } = quickstart, { made } = learningRate;
         const rate = (...args) => (ask("/during").then((said) => console.error("during:", said)), made.rate(...args));
         export default { ...quickstart, learningRate: { ...learningRate, made: { ...made, rate } } };`,
      );
      const { code, stderr } = await startTask(
        ["train", "calls.ts", "--engine", "portable", ...small, "--max-steps", "2"],
        folder,
        { HF_ENDPOINT: `http://${host}` },
      );
      assertEquals(code, 0, stderr);
      assertStringIncludes(stderr, "before: answered 200\n");
      assertMatch(stderr, /during: Requires net access to/);
      assert(!stderr.includes("during: answered"));
      assertEquals(asked, ["/before"]);
    })
  );
});
