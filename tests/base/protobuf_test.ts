import { assertEquals } from "@std/assert";
import { fields, joined, message, number, text } from "../../src/base/protobuf.ts";

Deno.test("what is written is read again: numbers of any size, texts, messages in messages, long bytes", () => {
  const long = new Uint8Array(300).fill(7);
  const bytes = joined([
    number(1, 0),
    number(2, 127),
    number(3, 2 ** 40 + 1),
    text(16, "é"),
    message(5, number(1, 9), text(2, "x")),
    message(6, long),
  ]);
  const read = [...fields(bytes)];
  assertEquals(read.map(({ field }) => field), [1, 2, 3, 16, 5, 6]);
  assertEquals(read.slice(0, 3).map(({ value }) => value), [0n, 127n, 2n ** 40n + 1n]);
  assertEquals(new TextDecoder().decode(read[3].bytes), "é");
  assertEquals([...fields(read[4].bytes)].map(({ field, value }) => [field, value]), [[1, 9n], [2, 0n]]);
  assertEquals(read[5].bytes, long);
});

Deno.test("fixed numbers are given as their bytes, and what follows them is read", () => {
  const bytes = Uint8Array.of(1 << 3 | 5, 0, 0, 128, 63, 2 << 3 | 1, 1, 2, 3, 4, 5, 6, 7, 8, 3 << 3, 4);
  const read = [...fields(bytes)];
  assertEquals(read.map(({ field, bytes }) => [field, bytes.length]), [[1, 4], [2, 8], [3, 0]]);
  assertEquals(read[2].value, 4n);
});
