import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { random } from "../../src/base/random.ts";
import { float32, int32 } from "../../src/base/value.ts";
import { toEngine, toFile } from "../../src/store/layout.ts";
import type { StoredParam } from "../../src/store/state_dict.ts";

const kernel = (shape: readonly number[]): StoredParam => ({
  name: "conv1.weight",
  shape,
  kind: "weight",
  dtype: "float32",
  layout: "oihw",
});

Deno.test("kernels go from [out, in, h, w] to [h, w, in, out] like a loop over all indices, and back", () => {
  for (let seed = 0; seed < 200; seed++) {
    const { integer } = random(seed, "layout");
    const shape = [1 + integer(40), 1 + integer(40), 1 + integer(8), 1 + integer(8)];
    const [out, input, height, width] = shape;
    const from = Float32Array.from({ length: out * input * height * width }, (_, i) => i);
    const expected = new Float32Array(from.length);
    for (let o = 0; o < out; o++) {
      for (let i = 0; i < input; i++) {
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++) {
            expected[((y * width + x) * input + i) * out + o] =
              from[((o * input + i) * height + y) * width + x];
          }
        }
      }
    }
    const value = float32(shape, from);
    const moved = toEngine(value, kernel(shape));
    assertEquals(moved.shape, [height, width, input, out]);
    assertEquals(moved.data, expected);
    assertEquals(toFile(moved, kernel(shape)), value);
  }
});

Deno.test("what is no kernel passes through, uncopied", () => {
  const weight: StoredParam = { name: "fc.weight", shape: [2, 3], kind: "weight", dtype: "float32" };
  const value = float32([2, 3], [1, 2, 3, 4, 5, 6]);
  assertStrictEquals(toEngine(value, weight), value);
  assertStrictEquals(toFile(value, weight), value);
  const count: StoredParam = { name: "bn1.num_batches_tracked", shape: [], kind: "buffer", dtype: "int32" };
  assertEquals(toEngine(int32([], [3]), count), int32([], [3]));
});

Deno.test("another shape or type than the parameter's is refused on the way in and out", () => {
  assertThrows(
    () => toEngine(float32([1, 1, 3, 2], new Float32Array(6)), kernel([2, 3, 1, 1])),
    OnesheetError,
    'Cannot load "conv1.weight": expected float32 [2, 3, 1, 1], found float32 [1, 1, 3, 2]',
  );
  assertThrows(
    () => toFile(float32([2, 3, 1, 1], new Float32Array(6)), kernel([2, 3, 1, 1])),
    OnesheetError,
    'Cannot save "conv1.weight": expected float32 [1, 1, 3, 2], found float32 [2, 3, 1, 1]',
  );
  assertThrows(
    () => toEngine(int32([2, 3, 1, 1], new Int32Array(6)), kernel([2, 3, 1, 1])),
    OnesheetError,
    "found int32 [2, 3, 1, 1]",
  );
});
