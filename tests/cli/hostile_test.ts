/** Recipes that want more than a recipe needs: refused by one sentence, and nothing came of it. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { quickstart, small, withPlace } from "./command_line.ts";
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
  ["reads /etc/shadow", `Deno.readTextFileSync("/etc/shadow");`, /Cannot read "\/etc\/shadow"/],
  ["reads a file elsewhere", `Deno.readTextFileSync("OUT/kept");`, /Cannot read "OUT\/kept"/],
  ["imports a file elsewhere", `await import("OUT/kept.ts");`, /Cannot read "OUT\/kept\.ts"/],
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
  ["imports from a server", `await import("http://HOST/" + "a.ts");`, /--cached-only|Cannot/],
  ["imports a package that is not the project's", `await import("npm:" + "onesheet-none");`, /onesheet-none/],
];
const native: (typeof attempts)[number] = [
  "opens a native library",
  `Deno.dlopen("libc.so.6", {});`,
  /Cannot open the native library "libc\.so\.6"/,
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

/** Starts a task on a recipe that does this; nothing may come of it but the sentence. */
const refused = (task: string, code: string, says: RegExp) =>
  withPlace(({ folder }) =>
    withPlace((elsewhere) =>
      withServer(async (host, asked) => {
        const out = elsewhere.folder;
        for (const name of ["kept", "kept.ts"]) await Deno.writeTextFile(`${out}/${name}`, "");
        const fill = (text: string) =>
          text.replaceAll("OUT", out).replaceAll("HERE", folder).replaceAll("HOST", host)
            .replaceAll("PROJECT", Deno.cwd());
        await Deno.writeTextFile(`${folder}/bad.ts`, fill(code));
        await Deno.mkdir(`${folder}/runs`);
        const { code: exit, stdout, stderr } = await startTask([task, "bad.ts"], folder, {
          HF_ENDPOINT: `http://${host}`,
          HF_HUB_OFFLINE: task === "train" ? "1" : "",
          SECRET: "secret",
        });
        assertMatch(stderr, new RegExp(fill(says.source)));
        assertStringIncludes(stderr, 'Cannot load the recipe "bad.ts": ');
        assertEquals([exit, stdout, stderr.trimEnd().split("\n").length], [1, "", 1], stderr);
        assertEquals([...Deno.readDirSync(out)].map(({ name }) => name).sort(), ["kept", "kept.ts"]);
        assertEquals([[...Deno.readDirSync(`${folder}/runs`)], asked], [[], []]);
      })
    )
  );

for (const task of ["train", "sandbox"]) {
  for (const [what, code, says] of task === "sandbox" ? [...attempts, native] : attempts) {
    Deno.test(`${task} refuses a recipe that ${what}`, () => refused(task, code, says));
  }
}

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
