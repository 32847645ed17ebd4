import { longestHeader } from "../../src/store/header.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { random } from "../../src/base/random.ts";
import { float32 } from "../../src/base/value.ts";
import { openSafetensors } from "../../src/store/safetensors.ts";
import { writeSafetensors } from "../../src/store/write.ts";

const golden = new URL("../golden/store/", import.meta.url).pathname;
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

Deno.test("a header longer than the reference's bound is refused before it is read", async () => {
  await withPath(async (path) => {
    await Deno.writeFile(path, new Uint8Array(8));
    await Deno.truncate(path, 200_000_000);
    using raw = await Deno.open(path, { write: true });
    await raw.write(new Uint8Array(BigUint64Array.of(100_000_001n).buffer));
    await assertRejects(
      () => openSafetensors(path),
      OnesheetError,
      `Cannot read "${path}": expected a safetensors header of at most ${longestHeader} bytes, found 100000001`,
    );
  });
});

const entryPattern = /"\w+":\{"dtype[^}]*\},?/g;

/** A file with a few bytes, or an entry of its header, changed, added or removed. `whole` has one character a byte. */
function mutated(whole: string, seed: number): Uint8Array<ArrayBuffer> {
  const { integer, uniform } = random(seed, "mutation");
  const letters = '{}[]",:\\0123456789-+.eEFIB\u0000\u00ff';
  let text = whole;
  for (let changes = 1 + integer(3); changes > 0; changes--) {
    const at = integer(text.length);
    const [before, after] = [text.slice(0, at), text.slice(at)];
    const letter = letters[integer(letters.length)];
    const entries = [...text.matchAll(entryPattern)].map(([entry]) => entry);
    const entry = entries[integer(entries.length)] ?? "";
    text = [
      () => before + after.slice(integer(20)),
      () => before + letter + after,
      () => before + text.substr(integer(text.length), integer(40)) + after,
      () => before + letter + after.slice(1),
      () => before + String.fromCharCode(integer(256)) + after.slice(1),
      () => text.replace(entry, ""),
      () => text.replace(entry, entry + entry),
    ][integer(7)]();
  }
  const bytes = Uint8Array.from(text, (c) => c.charCodeAt(0));
  // Most mutations move the end of the header; with its length set right they reach what lies behind that check.
  const end = text.lastIndexOf("}") + 1;
  if (uniform() < 0.8 && end > 8) new DataView(bytes.buffer).setBigUint64(0, BigInt(end - 8), true);
  return bytes;
}

Deno.test("4,000 damaged files are read or refused with a OnesheetError, never another error", async () => {
  const whole = Array.from(await Deno.readFile(mixed), (byte) => String.fromCharCode(byte)).join("");
  const check = /expected JSON|no UTF-8|cut off|dtype of|shape of|bytes for|at byte|twice|int32/;
  const met = new Set<string>();
  const attempt = async <T>(seed: number, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof OnesheetError)) throw new Error(`mutation ${seed}`, { cause: error });
      met.add(check.exec(error.message)?.[0] ?? "another");
    }
  };
  await withPath(async (path) => {
    for (let seed = 0; seed < 4000; seed++) {
      await Deno.writeFile(path, mutated(whole, seed));
      using file = await attempt(seed, () => openSafetensors(path));
      for (const name of file?.entries.keys() ?? []) {
        if (await attempt(seed, () => file!.read(name)) !== undefined) met.add("read");
      }
    }
  });
  // The mutations are worth something only when they get to every check.
  const all = [
    "at byte",
    "bytes for",
    "cut off",
    "dtype of",
    "expected JSON",
    "int32",
    "no UTF-8",
    "read",
    "shape of",
    "twice",
  ];
  assertEquals([...met].filter((reached) => reached !== "another").sort(), all);
});
