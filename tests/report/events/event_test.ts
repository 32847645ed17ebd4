import { assertEquals } from "@std/assert";
import { decodeEvent, encodeEvent } from "../../../src/report/events/event.ts";
import { fieldsOf, int, intOf } from "../../../src/report/events/protobuf.ts";
import { frame, recordsIn } from "../../../src/report/events/records.ts";

const hex = (bytes: Uint8Array): string => bytes.toHex();

Deno.test("an event has the bytes that protobuf gives it", () => {
  // TensorBoard's Event(wall_time=1.5, step=300, summary=Summary(value=[Summary.Value(tag="a", simple_value=0.25)]))
  const event = encodeEvent(1.5, 300, [{ tag: "a", scalar: 0.25 }]);
  assertEquals(hex(event), "09000000000000f83f10ac022a0a0a080a0161150000803e");
});

Deno.test("a record is framed as TensorFlow frames it", () => {
  // tensorboard.summary.writer.record_writer.RecordWriter on b"onesheet"
  const written = "0800000000000000ff86240f6f6e657368656574d72744dd";
  assertEquals(hex(frame(new TextEncoder().encode("onesheet"))), written);
  assertEquals([...recordsIn(frame(Uint8Array.of(1, 2)))].map(hex), ["0102"]);
});

Deno.test("events come back, and a value that is no scalar only by its tag", () => {
  const image = { tag: "poster", width: 2, height: 3, image: Uint8Array.of(9) };
  const event = encodeEvent(12.5, 7, [{ tag: "loss", scalar: 0.5 }, { tag: "words", text: "# é" }, image]);
  assertEquals(decodeEvent(event), {
    ...{ step: 7, time: 12.5, tags: ["loss", "words", "poster"], scalars: { loss: 0.5 } },
  });
});

Deno.test("whole numbers beyond 32 bits keep their value", () => {
  const found = fieldsOf(int(2, 2 ** 40 + 3)).get(2)!;
  assertEquals(intOf(found[0]), 2 ** 40 + 3);
});

Deno.test("records end at the first that is cut short or changed, wherever that is", () => {
  const whole = new Uint8Array([...frame(Uint8Array.of(1, 2, 3)), ...frame(Uint8Array.of(4, 5))]);
  assertEquals([...recordsIn(whole)].length, 2);
  for (let length = 0; length < whole.length; length++) {
    assertEquals([...recordsIn(whole.subarray(0, length))].length, length < 19 ? 0 : 1);
  }
  for (let at = 0; at < whole.length; at++) {
    const changed = whole.with(at, whole[at] ^ 1);
    assertEquals([...recordsIn(changed)].length, at < 19 ? 0 : 1, `byte ${at}`);
  }
});
