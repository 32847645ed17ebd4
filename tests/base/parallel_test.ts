import { assertEquals, assertRejects } from "@std/assert";
import { inParallel } from "../../src/base/parallel.ts";

const items = [0, 1, 2, 3, 4, 5, 6];

Deno.test("every item is worked on once, no more at a time than allowed", async () => {
  let [now, most] = [0, 0];
  const done: number[] = [];
  await inParallel(items, 3, async (item) => {
    most = Math.max(most, ++now);
    await new Promise((rest) => setTimeout(rest, 2));
    now--;
    done.push(item);
  });
  assertEquals([done.sort(), most], [items, 3]);
  await inParallel([], 3, () => Promise.reject(new Error("there is nothing to do")));
});

Deno.test("the first failure is thrown, after what was under way has been stopped and has ended", async () => {
  const begun: number[] = [], ended: number[] = [];
  const work = async (item: number, signal: AbortSignal): Promise<void> => {
    begun.push(item);
    if (item === 1) throw new Error("item 1 fails");
    await new Promise<void>((done) => signal.addEventListener("abort", () => done()));
    ended.push(item);
    throw new Error(`item ${item} was stopped`);
  };
  await assertRejects(() => inParallel(items, 3, work), Error, "item 1 fails");
  assertEquals([begun, ended], [[0, 1, 2], [0, 2]]);
});
