/** Several processes, and processes that are killed. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import type { Places } from "../../src/data/places.ts";
import { commit, repository, withHub } from "./hub_server.ts";

const files = Object.fromEntries(
  Array.from({ length: 3 }, (_, i) => [`train-${i}.parquet`, new Uint8Array(500_000).fill(i + 1)]),
);
const films = repository("dataset", "owner/films", files);

const start = (places: Places): Deno.ChildProcess =>
  new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "hub_process.ts", films.name, JSON.stringify(places)],
    cwd: import.meta.dirname,
    stdout: "piped",
    stderr: "piped",
  }).spawn();

async function assertWhole(folder: string): Promise<void> {
  for (const [name, bytes] of Object.entries(files)) {
    assertEquals(await Deno.readFile(join(folder, name)), bytes);
  }
}

/** Waits for `condition`, not for ever. */
async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; tries < 1000 && !await condition(); tries++) {
    await new Promise((done) => setTimeout(done, 20));
  }
}

Deno.test("two processes that fetch at once download once", async () => {
  await withHub([films], async ({ places, store }) => {
    for (const { success, stdout } of await Promise.all([start(places).output(), start(places).output()])) {
      assert(success);
      await assertWhole(new TextDecoder().decode(stdout).trim());
    }
    assertEquals(store.asked.length, 3);
  });
});

Deno.test("who waits for a process that is killed goes on where that one stopped", async () => {
  let silent = true;
  await withHub([films], async ({ places, store }) => {
    const snapshot = join(places.cache, "hub", "datasets--owner--films", "snapshots", commit(1));
    const size = (name: string) =>
      Deno.stat(join(snapshot, `${name}.part`)).then((stat) => stat.size, () => 0);
    const first = start(places);
    await until(async () => (await Promise.all(Object.keys(files).map(size))).every((n) => n === 200_000));
    const second = start(places);
    let told = "";
    const listening = (async () => {
      for await (const text of second.stderr.pipeThrough(new TextDecoderStream())) told += text;
    })();
    await until(() => told.includes("waiting for another process that fetches from owner/films"));
    silent = false;
    first.kill("SIGKILL");
    await first.output();
    await assertWhole((await new Response(second.stdout).text()).trim());
    await listening;
    assert((await second.status).success, told);
    assertStringIncludes(told, "waiting for another process that fetches from owner/films");
    assertEquals(store.asked.map(({ start }) => start), [0, 0, 0, 200_000, 200_000, 200_000]);
    assertEquals([...Deno.readDirSync(snapshot)].map(({ name }) => name).sort(), Object.keys(files));
  }, { store: () => silent ? { kind: "stall", after: 200_000 } : undefined });
});
