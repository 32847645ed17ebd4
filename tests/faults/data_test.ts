import { assertEquals } from "@std/assert";
import { data } from "./data.ts";

Deno.test(data.promise, async () => {
  const { lost, injected, survived, details } = await data.run("quick", () => {});
  assertEquals([lost, survived, injected], [0, injected, 44], details.join("\n"));
});
