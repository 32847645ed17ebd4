import { assertEquals } from "@std/assert";
import { hub } from "./hub.ts";

Deno.test("a download survives every fault of the network, the hub and the repository", async () => {
  const { injected, survived, lost, details } = await hub.run("quick", () => {});
  assertEquals([survived, lost], [injected, 0], details.join("\n"));
});
