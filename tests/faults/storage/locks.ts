/** Two processes and one run folder, and locks that were left behind. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { exists, runFiles } from "../../../src/train/run.ts";
import type { Fault } from "../campaign.ts";
import { fingerprint } from "../killed.ts";
import { assertRefused, assertWholeRun, ended, type Layout, layoutIn, start, train } from "./command.ts";

/** Waits until a run has written its record: it holds its folder's lock then. */
async function begun({ run }: Layout, child: Deno.ChildProcess): Promise<void> {
  let over = false;
  child.status.then(() => over = true);
  while (!over && !await exists(runFiles(run).recipe)) await new Promise((wait) => setTimeout(wait, 5));
  assert(!over, "it ended before it had begun");
}

async function inFolder(work: (layout: Layout) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(await layoutIn(folder));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A killed process leaves its lock; whatever it says by then, the run goes on. */
const stale = (
  what: string,
  change: (lock: string) => Promise<void>,
  expected: Record<string, string>,
): Fault => ({
  what,
  inject: () =>
    inFolder(async (layout) => {
      const child = start(layout);
      const end = ended(child);
      await begun(layout, child);
      child.kill("SIGKILL");
      await end;
      const { lock } = runFiles(layout.run);
      assertStringIncludes(await Deno.readTextFile(lock), `process ${child.pid} since `);
      await change(lock);
      await assertWholeRun(layout, expected);
    }),
});

/** All of them; `expected` is what a run comes to that nothing disturbs. */
export const lockFaults = (expected: Record<string, string>): Fault[] => [
  {
    what: "a second process starts or resumes the run that another trains",
    inject: () =>
      inFolder(async (layout) => {
        const child = start(layout, "--epochs", "30");
        const first = ended(child);
        await begun(layout, child);
        const others = await Promise.all([train(layout, "--resume"), train(layout)]);
        child.kill("SIGINT");
        for (const other of others) {
          assertRefused(other, new RegExp(`process ${child.pid} since .* trains in it`));
        }
        const { code, said } = await first;
        assertEquals(code, 130, said);
        assertEquals((await train(layout, "--resume", "--epochs", "2")).code, 0);
        assert((await fingerprint(layout.run)).weights !== "");
      }),
  },
  stale("the process that held the lock was killed", () => Promise.resolve(), expected),
  stale(
    "a lock that was left behind names a process that lives",
    (lock) => Deno.writeTextFile(lock, `process ${Deno.pid} since 2026-01-01T00:00:00.000Z`),
    expected,
  ),
  stale("a lock that was left behind is empty", (lock) => Deno.truncate(lock), expected),
];
