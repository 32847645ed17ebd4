import { assertEquals, assertThrows } from "@std/assert";
import { dtypes, toInt64 } from "../../src/store/dtype.ts";

const bytes = (array: ArrayBufferView): ArrayBuffer =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength).slice().buffer as ArrayBuffer;

Deno.test("every bfloat16 is the float32 with the same upper half", () => {
  const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
  const words = new Uint32Array(bytes(dtypes.BF16.decode(bytes(all))));
  assertEquals(words.every((word, i) => word === i * 65536), true);
});

Deno.test("float16 keeps its smallest, its largest and its infinite numbers", () => {
  const halves = Uint16Array.of(0x0001, 0x03ff, 0x0400, 0x7bff, 0x7c00, 0xfc00, 0x3555);
  assertEquals(
    dtypes.F16.decode(bytes(halves)),
    Float32Array.of(2 ** -24, 1023 * 2 ** -24, 2 ** -14, 65504, Infinity, -Infinity, 1365 * 2 ** -12),
  );
});

Deno.test("int32 numbers come back from int64, the outermost too", () => {
  const numbers = Int32Array.of(0, 1, -1, 2 ** 31 - 1, -(2 ** 31), 123456789);
  const wide = bytes(toInt64(numbers));
  assertEquals(new BigInt64Array(wide), BigInt64Array.from(numbers, BigInt));
  assertEquals(dtypes.I64.decode(wide), numbers);
});

Deno.test("an int64 beyond int32 is refused with its value, on either side", () => {
  for (const value of [2n ** 31n, -(2n ** 31n) - 1n, 2n ** 32n, 2n ** 63n - 1n]) {
    assertThrows(
      () => dtypes.I64.decode(bytes(BigInt64Array.of(7n, value))),
      RangeError,
      `expected numbers that fit in int32, found ${value}`,
    );
  }
});
