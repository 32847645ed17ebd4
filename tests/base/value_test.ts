import { assertEquals, assertStrictEquals } from "@std/assert";
import { allFinite, float32, int32, sizeOf } from "../../src/base/value.ts";

Deno.test("numbers become an array of their type, and an array of it is taken as it is", () => {
  assertEquals(float32([2], [1, 0.1]).data, Float32Array.of(1, 0.1));
  assertEquals(int32([2], [1, -7]).data, Int32Array.of(1, -7));
  const floats = new Float32Array(2), ints = new Int32Array(2);
  assertStrictEquals(float32([2], floats).data, floats);
  assertStrictEquals(int32([2], ints).data, ints);
  assertEquals([float32([], [1]).dtype, int32([], [1]).dtype], ["float32", "int32"]);
});

Deno.test("a shape's size is the product of its axes, 1 for a scalar and 0 where an axis is empty", () => {
  assertEquals([[], [5], [2, 3, 4], [2, 0, 4]].map(sizeOf), [1, 5, 24, 0]);
});

Deno.test("numbers are finite where each of them is, the first, the last and the only one too", () => {
  const numbers = [0, -0, 1e-45, 3.4e38, -1];
  assertEquals(allFinite(Float32Array.from(numbers)), true);
  assertEquals([allFinite(new Float32Array()), allFinite(Int32Array.of(2 ** 31 - 1))], [true, true]);
  for (const wrong of [NaN, Infinity, -Infinity]) {
    for (let at = 0; at < numbers.length; at++) {
      assertEquals(allFinite(Float32Array.from(numbers.with(at, wrong))), false, `${wrong} at ${at}`);
    }
    assertEquals(allFinite(Float32Array.of(wrong)), false);
  }
});
