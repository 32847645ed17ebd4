import { assertEquals } from "@std/assert";
import { resume } from "./resume.ts";

Deno.test({
  name: resume.promise,
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const { lost, injected, survived, details } = await resume.run("quick", () => {});
    assertEquals([lost, survived, injected > 2], [0, injected, true], details.join("\n"));
  },
});
