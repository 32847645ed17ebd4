import { assertEquals } from "@std/assert";
import { storage } from "./storage.ts";

Deno.test({
  name: storage.promise,
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const { lost, injected, survived, details } = await storage.run("quick", () => {});
    assertEquals([lost, survived, injected > 10], [0, injected, true], details.join("\n"));
  },
});
