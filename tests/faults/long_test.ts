import { assertEquals } from "@std/assert";
import { faultsOf, long } from "./long.ts";

Deno.test("a run of 80 steps holds no more at its end and makes no more batches than it may", async () => {
  const { lost, injected, details } = await long.run("quick", () => {});
  assertEquals([lost, injected], [0, 80], details.join("\n"));
});

Deno.test("growth of anything is seen", () => {
  const line = (i: number) => ({
    ...{ step: i, memory: 1e8, holdings: 5, files: 9, threads: 4, milliseconds: 10, ahead: 3 },
  });
  const lines = Array.from({ length: 40 }, (_, i) => line(i));
  assertEquals(faultsOf(lines, true), []);
  const grown = lines.map((one, i) => ({
    ...one,
    ...{ memory: 1e8 + i * 4e6, holdings: i, files: i, threads: i, milliseconds: i < 30 ? 10 : 20, ahead: 4 },
  }));
  assertEquals(faultsOf(grown, true).length, 6);
});
