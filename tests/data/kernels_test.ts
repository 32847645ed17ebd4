import { assertEquals } from "@std/assert";
import { assembled, keptAt, kernels } from "./kernels.ts";

Deno.test("the kernels that are kept are those that their text gives", async () => {
  for (const name of kernels) assertEquals(await Deno.readFile(keptAt(name)), await assembled(name), name);
});
