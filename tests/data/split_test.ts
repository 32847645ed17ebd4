import { assertEquals, assertThrows } from "@std/assert";
import { crc32 } from "node:zlib";
import { OnesheetError } from "../../src/base/errors.ts";
import { permutation } from "../../src/data/pcg64.ts";
import { trainTestSplit } from "../../src/data/split.ts";
import golden from "../golden/split/split.json" with { type: "json" };

const sum = (...parts: Int32Array[]): number =>
  parts.reduce((crc, part) => crc32(new Uint8Array(part.buffer), crc), 0);

Deno.test("permutation equals numpy's default_rng(seed).permutation(n) for many sizes and seeds", () => {
  for (const { n, seed, first, crc32 } of golden.permutations) {
    const order = permutation(n, seed);
    assertEquals([...order.subarray(0, 4)], first, `n ${n}, seed ${seed}`);
    assertEquals(sum(order), crc32, `n ${n}, seed ${seed}`);
  }
});

Deno.test("the split has the rows of datasets.train_test_split in its order", () => {
  for (const { n, ratio, seed, train, test, firstTrain, firstTest, crc32 } of golden.splits) {
    const sides = trainTestSplit(n, { test: ratio, seed });
    assertEquals([sides.train.length, sides.test.length], [train, test], `n ${n}`);
    assertEquals([...sides.train.subarray(0, 4)], firstTrain);
    assertEquals([...sides.test.subarray(0, 4)], firstTest);
    assertEquals(sum(sides.train, sides.test), crc32);
  }
});

Deno.test("the published split starts with the published rows", () => {
  const { train, test } = trainTestSplit(15552, { test: 0.15, seed: 42 });
  assertEquals([train.length, test.length], [13219, 2333]);
  assertEquals([...test.subarray(0, 4)], [8366, 9098, 13938, 10775]);
  assertEquals([...train.subarray(0, 4)], [699, 4948, 11703, 7498]);
});

Deno.test("a part outside (0, 1), a broken seed and an empty side are said in a sentence", () => {
  for (const test of [0, 1, -0.5, NaN]) {
    assertThrows(
      () => trainTestSplit(10, { test, seed: 0 }),
      OnesheetError,
      "expected a validation part in (0, 1)",
    );
  }
  for (const seed of [-1, 0.5, 2 ** 53]) {
    assertThrows(() => trainTestSplit(10, { test: 0.5, seed }), OnesheetError, "expected a whole seed");
  }
  assertThrows(() => trainTestSplit(1, { test: 0.15, seed: 0 }), OnesheetError, "Cannot split 1 rows");
  assertThrows(() => trainTestSplit(0, { test: 0.15, seed: 0 }), OnesheetError, "one side is empty");
});
