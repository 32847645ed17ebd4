/** What a disk can do to a run, to its checkpoints and to the cache. */
import { fileURLToPath } from "node:url";
import { random } from "../../src/base/random.ts";
import { type Campaign, type Fault, type Scale, tally } from "./campaign.ts";
import { runChild } from "./child.ts";
import { undisturbed } from "./storage/command.ts";
import { damageFaults } from "./storage/damage.ts";
import { diskFaultNames } from "./storage/disks.ts";
import { lockFaults } from "./storage/locks.ts";

/** A mount namespace of its own, as the root of a user namespace: no rights are needed on most systems. */
const NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount"];

/** Whether this system gives a process such a namespace, and `setpriv` to be without its privileges in it. */
export async function hasNamespaces(): Promise<boolean> {
  const args = [...NAMESPACE.slice(1), "sh", "-c", "mount -t tmpfs none /mnt && setpriv --version"];
  return await new Deno.Command(NAMESPACE[0], { args }).output().then(({ success }) => success, () => false);
}

const program = fileURLToPath(new URL("storage/disks.ts", import.meta.url));

const inNamespace = (name: string, share: number, expected: Record<string, string>): Fault => ({
  what: name,
  inject: async () => {
    const folder = await Deno.makeTempDir();
    try {
      const args = ["run", "-A", program, name, `${share}`, folder, JSON.stringify(expected)];
      const { fault } = await runChild(args, { inside: NAMESPACE });
      if (fault !== undefined) throw new Error(fault);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** Small disks of any size that is too small, so that each write of a run is the one that finds no room. */
function disks(scale: Scale, expected: Record<string, string>): Fault[] {
  const { uniform } = random("disks");
  const times: Readonly<Record<string, number>> = {
    "the disk of the run folder is too small": 12,
    "the disk of the cache is too small": 5,
  };
  const names = scale === "full"
    ? diskFaultNames
    : diskFaultNames.filter((name) => times[name] !== undefined);
  return names.flatMap((name) =>
    Array.from(
      { length: scale === "full" ? times[name] ?? 1 : 1 },
      () => inNamespace(name, uniform(), expected),
    )
  );
}

/** Full, read-only, denied and failing storage. */
export const storage: Campaign = {
  name: "storage",
  promise: "Whatever the disk does, a run stops in a sentence and goes on to the same bits",
  how:
    "The training command runs on a small tmpfs of any size that is too small, on one that became read-only, and where it " +
    "may not read or write; each time it must stop with one sentence and exit code 1 or 2, leave what was there, and " +
    "then, with room or rights, go on to the SHA-256 of a run that nothing disturbed. Two processes share a run folder; " +
    "killed ones leave their locks. A bit is flipped in, or the end cut off, a file of the last checkpoint (the run must " +
    "say so, go on from the one before and come to the same bits), of both (a sentence; nothing is removed), and of the " +
    "cache (the same batches again, or a sentence that names the file).",
  run: async (scale, note) => {
    const folder = await Deno.makeTempDir();
    try {
      const namespaces = await hasNamespaces();
      const expected = await undisturbed(folder);
      const found = await tally([
        ...namespaces ? disks(scale, expected) : [],
        ...scale === "full" ? lockFaults(expected) : lockFaults(expected).slice(0, 1),
        ...damageFaults(scale === "full" ? 100 : 5),
      ], note);
      const without = "not injected: faults of whole disks, because this system has no user namespaces";
      return namespaces ? found : { ...found, details: [...found.details, without] };
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
};
