import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { batches, epochOrder } from "../../src/train/sampler.ts";

const size = 13_219;

Deno.test("an epoch visits every row once, in an order that depends on seed and epoch alone", () => {
  const order = epochOrder(size, { seed: 42, epoch: 3 });
  assertEquals(order.toSorted(), Int32Array.from({ length: size }, (_, i) => i));
  assertEquals(order, epochOrder(size, { seed: 42, epoch: 3 }));
  assertNotEquals(order, epochOrder(size, { seed: 42, epoch: 4 }));
  assertNotEquals(order, epochOrder(size, { seed: 43, epoch: 3 }));
});

Deno.test("an order is really mixed: few rows stay, and neighbours part", () => {
  const order = epochOrder(size, { seed: 42, epoch: 0 });
  assert(order.filter((row, i) => row === i).length < 10);
  assert(order.filter((row, i) => i > 0 && row === order[i - 1] + 1).length < 10);
});

Deno.test("batches of 16 are the notebook's: 826 for training, 146 for validation, the last of 13", () => {
  const training = batches(epochOrder(size, { seed: 42, epoch: 0 }), 16, { dropLast: true });
  assertEquals(training.length, 826);
  assert(training.every((batch) => batch.length === 16));
  const validation = batches(Int32Array.from({ length: 2333 }, (_, i) => i), 16, { dropLast: false });
  assertEquals(validation.length, 146);
  assertEquals(validation.at(-1), Int32Array.from({ length: 13 }, (_, i) => 2320 + i));
});

Deno.test("rows that fill the last batch exactly make no empty batch", () => {
  for (const dropLast of [true, false]) {
    assertEquals(batches(Int32Array.of(5, 6, 7, 8), 2, { dropLast }), [
      Int32Array.of(5, 6),
      Int32Array.of(7, 8),
    ]);
  }
});

Deno.test("too few rows for one whole batch are an error, not an epoch without a step", () => {
  assertThrows(
    () => batches(new Int32Array(10), 16, { dropLast: true }),
    OnesheetError,
    "Cannot fill a batch of 16 rows: found 10; use more rows or a smaller batch size",
  );
  assertEquals(batches(new Int32Array(10), 16, { dropLast: false }).length, 1);
  assertEquals(batches(new Int32Array(0), 16, { dropLast: false }), []);
});
