import { assertEquals } from "@std/assert";
import { configProto, type SessionConfig } from "../../src/engine/config.ts";

/** Written by tests/golden/config/make.py. */
const golden: readonly { config: SessionConfig; bytes: string }[] = JSON.parse(
  await Deno.readTextFile(new URL("../golden/config/config.json", import.meta.url)),
);

for (const { config, bytes } of golden) {
  Deno.test(`the configuration ${JSON.stringify(config)} has the bytes that TensorFlow writes`, () =>
    assertEquals(configProto(config).toHex(), bytes));
}

Deno.test("what is usual may be said or left out", () => {
  assertEquals(configProto({ threads: 2, precision: "float32", xla: false }), configProto({ threads: 2 }));
});
