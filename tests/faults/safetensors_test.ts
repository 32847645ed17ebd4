import { assertEquals } from "@std/assert";
import { safetensors } from "./safetensors.ts";

Deno.test("5,000 mutated checkpoints and the hostile ones are read or refused, and every check is reached", async () => {
  const { injected, lost, details } = await safetensors.run("quick", () => {});
  assertEquals(details.filter((detail) => detail.includes("lost: ")), []);
  assertEquals(lost, 0);
  assertEquals(injected > 5000, true);
});
