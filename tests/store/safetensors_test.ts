import { fileURLToPath } from "node:url";
import { assertEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { float32 } from "../../src/base/value.ts";
import { openSafetensors } from "../../src/store/safetensors.ts";
import { writeSafetensors } from "../../src/store/write.ts";

const golden = fileURLToPath(new URL("../golden/store/", import.meta.url));
const mixed = `${golden}mixed.safetensors`;

/** Runs `work` with a path in a folder that is removed afterwards. */
async function withPath(work: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(`${folder}/a.safetensors`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const bits = (data: Float32Array | Int32Array) => new Uint32Array(data.buffer, data.byteOffset, data.length);

Deno.test("every type that PyTorch wrote reads as torch converts it, bit for bit", async () => {
  const expected: Record<string, { dtype: string; shape: number[]; data: (number | string)[] }> = JSON.parse(
    await Deno.readTextFile(`${golden}mixed.json`),
  );
  using file = await openSafetensors(mixed);
  assertEquals(file.metadata, { format: "pt" });
  assertEquals([...file.entries.keys()].sort(), [...Object.keys(expected), "too_long"].sort());
  for (const [name, { dtype, shape, data }] of Object.entries(expected)) {
    const value = await file.read(name);
    assertEquals([name, value.dtype, value.shape], [name, dtype, shape]);
    const numbers = data.map(Number);
    const exact = dtype === "float32" ? Float32Array.from(numbers) : Int32Array.from(numbers);
    assertEquals(bits(value.data), bits(exact), name);
  }
});

Deno.test("reads that overlap in time do not disturb each other", async () => {
  using file = await openSafetensors(mixed);
  const names = [...file.entries.keys()].filter((name) => name !== "too_long");
  const apart = [];
  for (const name of names) apart.push(await file.read(name));
  assertEquals(await Promise.all(names.map((name) => file.read(name))), apart);
});

Deno.test("an integer beyond int32 names the tensor, the file and the value", async () => {
  using file = await openSafetensors(mixed);
  await assertRejects(
    () => file.read("too_long"),
    OnesheetError,
    `Cannot read "too_long" of "${mixed}": expected numbers that fit in int32, found 2147483648`,
  );
});

Deno.test("a name that is not there comes with the nearest that is", async () => {
  using file = await openSafetensors(mixed);
  await assertRejects(
    () => file.read("singel"),
    OnesheetError,
    `Cannot read "singel" of "${mixed}": no such tensor; did you mean "single"?`,
  );
});

Deno.test("a file that is not there or is a folder is refused in a sentence", async () => {
  await assertRejects(
    () => openSafetensors("nowhere.st"),
    OnesheetError,
    `Cannot read "nowhere.st": no such file`,
  );
  await assertRejects(() => openSafetensors(golden), OnesheetError, `Cannot read "${golden}"`);
});

Deno.test("a file cut off at any byte is refused when it is opened", async () => {
  const whole = await Deno.readFile(mixed);
  await withPath(async (path) => {
    for (let length = 0; length < whole.length; length++) {
      await Deno.writeFile(path, whole.subarray(0, length));
      await assertRejects(() => openSafetensors(path), OnesheetError, `Cannot read "${path}"`);
    }
  });
});

Deno.test("a file that shrinks after it was opened is refused when it is read", async () => {
  await withPath(async (path) => {
    await writeSafetensors(
      path,
      [{ name: "a", dtype: "F32", shape: [4] }],
      () => Promise.resolve(float32([4], [1, 2, 3, 4])),
    );
    using file = await openSafetensors(path);
    const { size } = await Deno.stat(path);
    await Deno.truncate(path, size - 6);
    await assertRejects(() => file.read("a"), OnesheetError, `Cannot read "a" of "${path}"`);
  });
});

Deno.test("a header longer than the bound is refused before it is read", async () => {
  await withPath(async (path) => {
    await Deno.writeFile(path, new Uint8Array(8));
    await Deno.truncate(path, 200_000_000);
    using raw = await Deno.open(path, { write: true });
    await raw.write(new Uint8Array(BigUint64Array.of(16_777_217n).buffer));
    await assertRejects(
      () => openSafetensors(path),
      OnesheetError,
      `Cannot read "${path}": expected a safetensors header of at most 16777216 bytes, found 16777217`,
    );
  });
});
