/** TensorFlow's record of a run: read from bytes and from a step that really ran. */
import { assert, assertEquals } from "@std/assert";
import { nodeTimes, unionOf } from "../../bench/trace.ts";
import { profileOf, profileText } from "../../bench/profile.ts";
import { miniature } from "../../bench/workload.ts";
import { nativeTest } from "../engine/native.ts";

/** A field of bytes; the tests' messages are shorter than 128 bytes. */
const bytesField = (field: number, bytes: Iterable<number>): number[] => {
  const body = [...bytes];
  return [field << 3 | 2, body.length, ...body];
};
const textField = (field: number, text: string): number[] =>
  bytesField(field, new TextEncoder().encode(text));

Deno.test("a node is read from the wire, past fields of fixed length", () => {
  const node = [
    ...textField(1, "MatMul_1"),
    ...[2 << 3, 0xac, 0x02], // 300
    ...[3 << 3, 5],
    ...[4 << 3, 25],
    ...[30 << 3 & 127 | 128 | 5, 1, 0, 0, 0, 0], // 4 bytes
    ...textField(8, "MatMul_1 = MatMul(a, b)"),
  ];
  const runMetadata = Uint8Array.from(bytesField(1, bytesField(1, bytesField(2, node))));
  assertEquals(nodeTimes(runMetadata), [{ name: "MatMul_1", op: "MatMul", start: 305, end: 325 }]);
});

Deno.test("overlapping times count once", () => {
  const times = [{ start: 5, end: 7 }, { start: 0, end: 4 }, { start: 1, end: 2 }, { start: 3, end: 6 }];
  assertEquals(unionOf(times), 7);
});

nativeTest("a training step in miniature is profiled operation by operation", async () => {
  const nodes = await profileOf(miniature, "cpu");
  assert(nodes.some(({ op }) => op === "ResourceApplyAdam"));
  assert(nodes.every(({ start, end }) => end >= start));
  assert(profileText(nodes).startsWith(`${nodes.length} operations; `));
});
