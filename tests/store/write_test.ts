import { fileURLToPath } from "node:url";
import { assertEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { float32, int32, type Value } from "../../src/base/value.ts";
import { openSafetensors } from "../../src/store/safetensors.ts";
import { type TensorPlan, writeSafetensors } from "../../src/store/write.ts";

const golden = (name: string) =>
  fileURLToPath(new URL(`../golden/store/${name}.safetensors`, import.meta.url));

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const plansOf = (values: ReadonlyMap<string, Value>): TensorPlan[] =>
  Array.from(
    values,
    ([name, { dtype, shape }]) => ({ name, shape, dtype: dtype === "float32" ? "F32" : "I64" }),
  );

for (const name of ["reference", "names"]) {
  Deno.test(`the bytes of ${name} are those of the reference implementation, whatever the order of the plan`, async () => {
    const values = new Map<string, Value>();
    using file = await openSafetensors(golden(name));
    for (const name of [...file.entries.keys()].sort().reverse()) values.set(name, await file.read(name));
    await withFolder(async (folder) => {
      const path = `${folder}/a.safetensors`;
      const read = (name: string) => Promise.resolve(values.get(name)!);
      await writeSafetensors(path, plansOf(values), read, file.metadata);
      assertEquals(await Deno.readFile(path), await Deno.readFile(golden(name)));
    });
  });
}

Deno.test("values come back as they were written: views, scalars, empty arrays, extreme numbers", async () => {
  const storage = Float32Array.of(9, 1, -0, NaN, Infinity, 3.4e38, 1e-45, 9);
  const values = new Map<string, Value>([
    ["view", float32([2, 3], storage.subarray(1, 7))],
    ["scalar", int32([], [-5])],
    ["empty", float32([3, 0], [])],
    ["odd", float32([3], [1, 2, 3])],
    ["long", int32([3], [2 ** 31 - 1, -(2 ** 31), 0])],
  ]);
  await withFolder(async (folder) => {
    const path = `${folder}/a.safetensors`;
    await writeSafetensors(path, plansOf(values), (name) => Promise.resolve(values.get(name)!));
    using file = await openSafetensors(path);
    assertEquals(file.metadata, {});
    for (const [name, value] of values) assertEquals(await file.read(name), value);
  });
});

Deno.test("tensors are asked for one at a time, in the order they lie in the file", async () => {
  const plans: TensorPlan[] = ["c", "a", "b"].map((name) => ({ name, dtype: "F32", shape: [1] }));
  const asked: string[] = [];
  let open = 0;
  await withFolder(async (folder) => {
    const path = `${folder}/a.safetensors`;
    await writeSafetensors(path, plans, async (name) => {
      assertEquals(++open, 1);
      asked.push(name);
      await Promise.resolve();
      open--;
      return float32([1], [asked.length]);
    });
    using file = await openSafetensors(path);
    const byPlace = [...file.entries].sort(([, a], [, b]) => a.offsets[0] - b.offsets[0]).map(([name]) =>
      name
    );
    assertEquals(asked, byPlace);
  });
});

Deno.test("a failure leaves the file that was there and nothing beside it", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/a.safetensors`;
    await Deno.writeTextFile(path, "before");
    const plans: TensorPlan[] = ["a", "b"].map((name) => ({ name, dtype: "F32", shape: [2] }));
    await assertRejects(
      () =>
        writeSafetensors(
          path,
          plans,
          (name) => Promise.resolve(float32([name === "a" ? 2 : 3], [1, 2, 3].slice(name === "a" ? 1 : 0))),
        ),
      OnesheetError,
      `Cannot write "b" to "${path}": expected float32 [2], found float32 [3]`,
    );
    assertEquals(await Deno.readTextFile(path), "before");
    assertEquals(Array.from(Deno.readDirSync(folder), ({ name }) => name), ["a.safetensors"]);
  });
});

Deno.test("a name planned twice is refused", async () => {
  const plan: TensorPlan = { name: "a", dtype: "F32", shape: [1] };
  await assertRejects(
    () => writeSafetensors("a.st", [plan, plan], () => Promise.resolve(float32([1], [1]))),
    OnesheetError,
    `Cannot write "a.st": expected "a" once, found it twice`,
  );
});
