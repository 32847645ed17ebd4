/**
 * Faults of a whole disk, one in a process: a small tmpfs and permissions, in a mount namespace of its own. Its arguments
 * are the fault, a share of the space that a run needs, an empty folder, and what a run comes to that nothing disturbs.
 */
import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { exists, runFiles } from "../../../src/train/run.ts";
import { done } from "../child.ts";
import { fingerprint } from "../killed.ts";
import { assertRefused, assertWholeRun, goOn, type Layout, layoutIn, train } from "./command.ts";

/** Kilobytes that a run takes with its checkpoints, and its cache. */
const NEEDS = { run: 2300, cache: 200 };

async function mount(...args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("mount", { args: [...args] }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/** A disk of so many kilobytes in place of a folder. */
async function disk(folder: string, kilobytes: number): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await mount("-t", "tmpfs", "-o", `size=${Math.max(4, Math.round(kilobytes))}k`, "none", folder);
}

const grow = (folder: string) => mount("-o", "remount,size=100m", folder);

type Expected = Record<string, string>;

/** A run whose folder or cache fills its disk stops in a sentence, and goes on when there is room. */
const full = (which: "run" | "cache") => async (layout: Layout, expected: Expected, share: number) => {
  const place = layout[which];
  await disk(which === "run" ? join(place, "..") : place, NEEDS[which] * share);
  const said = await train(layout);
  if (said.code !== 0) assertRefused(said, /full|space|No space|room/i);
  await grow(which === "run" ? join(place, "..") : place);
  if (said.code !== 0) await assertWholeRun(layout, expected);
  else assertEquals(await fingerprint(layout.run), expected);
};

/** Takes the right to write to a path, or to read it, for as long as the work takes. */
async function without(path: string, mode: number, work: () => Promise<void>): Promise<void> {
  const before = (await Deno.stat(path)).mode!;
  await Deno.chmod(path, mode);
  try {
    await work();
  } finally {
    await Deno.chmod(path, before);
  }
}

const READ_ONLY = 0o555, NOTHING = 0o000;

/** A run of one epoch of two, as a step limit leaves it. */
const half = async (layout: Layout): Promise<void> =>
  assertEquals((await train(layout, "--max-steps", "4")).code, 0);

/** A run that is half done is refused while a path of it is denied, and goes on when it is not. */
const denied =
  (path: (layout: Layout) => string, mode: number, words: RegExp) =>
  async (layout: Layout, expected: Expected) => {
    await half(layout);
    const before = await fingerprint(layout.run);
    await without(path(layout), mode, async () => assertRefused(await goOn(layout), words));
    assertEquals(await fingerprint(layout.run), before);
    await assertWholeRun(layout, expected);
  };

/** By name. */
const faults: Readonly<Record<string, (layout: Layout, expected: Expected, share: number) => Promise<void>>> =
  {
    "the disk of the run folder is too small": full("run"),
    "the disk of the cache is too small": full("cache"),
    "the disk of the run folder is read-only": async (layout, expected) => {
      const above = join(layout.run, "..");
      await disk(above, 1e5);
      await half(layout);
      await mount("-o", "remount,ro", above);
      assertRefused(await goOn(layout), /expected a folder that can be written to/);
      assertRefused(
        await train({ ...layout, run: join(above, "other") }),
        /expected a folder that can be written to/,
      );
      await mount("-o", "remount,rw", above);
      await assertWholeRun(layout, expected);
    },
    "the folder for runs may not be written to": async (layout, expected) => {
      const above = join(layout.run, "..");
      await Deno.mkdir(above, { recursive: true });
      await without(above, READ_ONLY, async () => {
        assertRefused(await train(layout), /expected a folder that can be written to/);
        assert(!await exists(layout.run));
      });
      await assertWholeRun(layout, expected);
    },
    "the run folder may not be written to": denied(({ run }) => run, READ_ONLY, /can be written to/),
    "recipe.json of a run may not be read": denied(
      ({ run }) => runFiles(run).recipe,
      NOTHING,
      /recipe\.json/,
    ),
    "a checkpoint may not be read": denied(({ run }) => runFiles(run).last, NOTHING, /last/),
    "the data may not be read": denied(({ data }) => join(data, "data"), NOTHING, /data/),
    "the cache folder may not be written to": async (layout, expected) => {
      await Deno.mkdir(layout.cache);
      await without(
        layout.cache,
        READ_ONLY,
        async () => assertRefused(await train(layout), /ONESHEET_CACHE/),
      );
      await assertWholeRun(layout, expected);
    },
  };

/** Their names. */
export const diskFaultNames: readonly string[] = Object.keys(faults);

if (import.meta.main) {
  const [name, share, folder, expected] = Deno.args;
  const layout = await layoutIn(folder);
  await faults[name]({ ...layout, run: join(folder, "runs", "run") }, JSON.parse(expected), Number(share));
  await done();
}
