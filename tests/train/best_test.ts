/** What keeps answers from being built on other weights or labels than those that were trained. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { sha256Of } from "../../src/base/digest.ts";
import { damageOf, replaceSummed, writeSums } from "../../src/base/sums.ts";
import { float32 } from "../../src/base/value.ts";
import { demandBest, demandFinite, placeBest } from "../../src/train/best.ts";

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("whatever ends a process while best weights are replaced, those that are there match a checksum", async () => {
  await inFolder(async (folder) => {
    const name = "best.safetensors", path = `${folder}/${name}`;
    for (const text of ["first", "second", "third"]) {
      await Deno.writeTextFile(`${folder}/next`, text);
      const sum = await sha256Of(`${folder}/next`);
      for (const cut of ["before", "after"] as const) {
        await assertRejects(() =>
          replaceSummed(folder, name, sum, async () => {
            if (cut === "after") await Deno.copyFile(`${folder}/next`, path);
            throw new Error("the process ends here");
          })
        );
        const isThere = await Deno.stat(path).then(() => true, () => false);
        assertEquals(await damageOf(folder), isThere ? undefined : `"${path}" is missing`);
      }
      await placeBest(folder, `${folder}/next`, sum);
      assertEquals(await Deno.readTextFile(`${folder}/SHA256SUMS`), `${sum}  ${name}\n`);
    }
    const bytes = await Deno.readFile(path);
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const flipped = bytes.slice();
      flipped[bit >> 3] ^= 1 << (bit & 7);
      await Deno.writeFile(path, flipped);
      await assertRejects(() => demandBest(folder), OnesheetError, "does not match its checksum");
    }
    await Deno.writeFile(path, bytes);
    await demandBest(folder);
    await Deno.remove(`${folder}/SHA256SUMS`);
    await demandBest(folder); // a run of an earlier version has no sums
    await Deno.remove(path);
    await assertRejects(() => demandBest(folder), OnesheetError, "expected best.safetensors, found none");
  });
});

Deno.test("the sums of a folder stay when one of its files is replaced", async () => {
  await inFolder(async (folder) => {
    for (const name of ["labels.json", "weights"]) await Deno.writeTextFile(`${folder}/${name}`, name);
    await writeSums(folder, ["labels.json"]);
    await placeBest(folder, `${folder}/weights`, await sha256Of(`${folder}/weights`));
    await demandBest(folder);
    await Deno.writeTextFile(`${folder}/labels.json`, "other");
    await assertRejects(() => demandBest(folder), OnesheetError, `labels.json" does not match its checksum`);
  });
});

Deno.test("an output that is not finite is an error, wherever it stands", () => {
  demandFinite("predict", float32([2], [-3e38, 1e-45]));
  for (const bad of [NaN, Infinity, -Infinity]) {
    for (const data of [[bad, 0, 0], [0, 0, bad]]) {
      assertThrows(
        () => demandFinite("predict", float32([3], data)),
        OnesheetError,
        "Cannot predict: expected finite",
      );
    }
  }
});
