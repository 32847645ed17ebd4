import { assertEquals } from "@std/assert";
import { nativeTest } from "../engine/native.ts";
import { cycles } from "./engine/cycles.ts";
import { ffi } from "./ffi.ts";
import { growth } from "./held.ts";

Deno.test("280 cycles of hard use in a process leave nothing behind (portable)", async () => {
  const { lost, injected, details } = await ffi.run("quick", () => {});
  assertEquals([lost, injected], [0, 280], details.join("\n"));
});

for (const [what, cycle] of Object.entries(cycles)) {
  nativeTest(`${what}: nothing is left in the library`, async (engine) => {
    const before = engine.holdings();
    for (let i = 0; i < 5; i++) await cycle(engine);
    assertEquals(engine.holdings(), before);
  });
}

Deno.test("growth is the last quarter's mean less the third's", () => {
  assertEquals(growth([9, 9, 9, 9, 2, 2, 5, 7]), 4);
  assertEquals(growth(Array(40).fill(3)), 0);
});
