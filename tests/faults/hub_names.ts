/** Faults of what a repository claims to hold: names that lead elsewhere, sizes and hashes that are none; links in the cache. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { dirname, join } from "node:path";
import { OnesheetError } from "../../src/base/errors.ts";
import { fetchDataset, fetchFile } from "../../src/data/hub.ts";
import { type Files, repository, withHub } from "../data/hub_server.ts";
import { assertWhole, fetched, FILE, model, snapshot } from "../data/hub_weights.ts";
import type { Fault } from "./campaign.ts";

/** Everything below a folder, from there. */
function below(folder: string, from = ""): string[] {
  return [...Deno.readDirSync(join(folder, from))].flatMap(({ name, isDirectory }) =>
    isDirectory ? below(folder, join(from, name)) : [join(from, name)]
  );
}

const inside = new TextEncoder().encode("inside"), outside = new TextEncoder().encode("outside");
const names = {
  "climbs out": ["../../../../../../out.parquet", "a/../../out.parquet", "..", "./out.parquet"],
  "is absolute": ["/tmp/out.parquet", "//host/share/out.parquet"],
  "has a backslash": ["a\\..\\..\\out.parquet", "\\\\host\\share\\out.parquet"],
  "has a drive letter or a stream": ["c:out.parquet", "c:/out.parquet", "out.parquet:stream.parquet"],
  "has a control character": ["out\0.parquet", "out\n.parquet", "out\x1b[2J.parquet", "out\x7f.parquet"],
  "has an empty part": ["a//out.parquet", "", "a/"],
};

/** A repository with this name in it is refused by a sentence, before a file is asked for; nothing is written. */
const nameFault = (kind: string, path: string): Fault => ({
  what: `a file name that ${kind}`,
  inject: async () => {
    const files: Files = { "in.parquet": inside, [path]: outside };
    await withHub([repository("dataset", "o/r", files), repository("model", "o/r", files)], async (hub) => {
      const { places, store, asked, folder } = hub;
      const ask = [() => fetchFile("o/r", path, undefined, places)];
      if (path.endsWith(".parquet")) ask.push(() => fetchDataset("o/r", undefined, places));
      for (const each of ask) {
        const error = await assertRejects(each, OnesheetError, "expected file names inside the repository");
        assert(!/\p{Cc}/u.test(error.message), JSON.stringify(error.message));
      }
      assertEquals([store.asked, asked.filter((line) => line.includes("/resolve/"))], [[], []]);
      assertEquals(below(folder).filter((name) => name.includes("out")), []);
    });
  },
});

/** A data set whose listing is changed by `entry` is refused, and no file of it is kept. */
const claim = (
  what: string,
  entry: (entry: Record<string, unknown>) => Record<string, unknown>,
  sentence = "",
): Fault => ({
  what,
  inject: () =>
    withHub([repository("dataset", "o/r", { "a.parquet": inside, "b.parquet": outside })], async (hub) => {
      await assertRejects(() => fetchDataset("o/r", undefined, hub.places), OnesheetError, sentence);
      assertEquals(below(hub.folder).filter((name) => name.endsWith(".parquet")), []);
    }, { entry }),
});

const claims: Fault[] = [
  ...[-5, 0.5, "9", null, 1e300].map((size) => claim("a size that is none", (entry) => ({ ...entry, size }))),
  ...["", "../../x", 7, null].map((oid) =>
    claim("a hash that is none", ({ lfs: _, ...entry }) => ({ ...entry, lfs: { oid, size: entry.size } }))
  ),
  claim(
    "the same name twice",
    (entry) => ({ ...entry, path: "a.parquet" }),
    'found "a.parquet" of o/r twice',
  ),
  claim(
    "a name that is another's folder",
    (entry) => entry.path === "b.parquet" ? { ...entry, path: "a.parquet/b.parquet" } : entry,
    'found "a.parquet" of o/r as a folder, too',
  ),
  claim("a name of 5,000 letters", (entry) => ({ ...entry, path: `${"n".repeat(5000)}.parquet` })),
];

/** A link where the file is to be: the file arrives whole in its place, what the link points to stays as it was. */
const link = (what: string, target: (folder: string) => string): Fault => ({
  what: `a link in the cache ${what}`,
  inject: () =>
    withHub([model], async ({ places, folder }) => {
      const secret = join(folder, "secret"), path = join(snapshot(places), FILE);
      await Deno.writeFile(secret, outside);
      await Deno.mkdir(dirname(path), { recursive: true });
      await Deno.symlink(target(folder), path);
      await assertWhole(await fetched(places));
      assert((await Deno.lstat(path)).isFile, "the link is still there");
      assertEquals(await Deno.readFile(secret), outside);
    }),
});

const links: Fault[] = Deno.build.os === "windows" ? [] : [
  link("to another file", (folder) => join(folder, "secret")),
  link("to nowhere", (folder) => join(folder, "gone")),
  link("to itself", () => FILE),
  link("to a folder", (folder) => folder),
];

/** Faults of names, claims and links; the same at either scale. */
export const nameFaults: readonly Fault[] = [
  ...Object.entries(names).flatMap(([kind, paths]) => paths.map((path) => nameFault(kind, path))),
  ...claims,
  ...links,
];
