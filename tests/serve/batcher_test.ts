import { assertEquals, assertRejects } from "@std/assert";
import { batcher } from "../../src/serve/batcher.ts";
import { gate } from "../../src/serve/gate.ts";
import { within } from "../within.ts";

/** Work that ends when it is told to, and the batches it was given. */
function held() {
  const batches: (readonly number[])[] = [], ends: (() => void)[] = [];
  const work = async (items: readonly number[]) => {
    batches.push(items);
    await new Promise<void>((resolve) => ends.push(resolve));
    return items.map((x) => 10 * x);
  };
  return { batches, work, end: () => ends.shift()!() };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("items that come while a batch is worked on are the next one, in order and each with its own result", async () => {
  const { batches, work, end } = held();
  const { add } = batcher(work, { most: 3, wait: 0 });
  const first = add(1);
  await turn();
  const others = [2, 3, 4, 5].map((x) => add(x));
  assertEquals(batches, [[1]]);
  end();
  assertEquals(await within(first), 10);
  await turn();
  assertEquals(batches, [[1], [2, 3, 4]]);
  end();
  assertEquals(await within(Promise.all(others.slice(0, 3))), [20, 30, 40]);
  await turn();
  end();
  assertEquals(await within(others[3]), 50);
  assertEquals(batches, [[1], [2, 3, 4], [5]]);
});

Deno.test("a full batch does not wait, and one that fails fails its own items alone", async () => {
  const { add } = batcher(
    (items: readonly number[]) =>
      items.includes(2) ? Promise.reject(new Error("no twos")) : Promise.resolve(items),
    {
      most: 2,
      wait: 2 ** 30,
    },
  );
  const results = [1, 2, 3, 4].map((x) => add(x));
  await Promise.all(results.slice(0, 2).map((each) => assertRejects(() => within(each), Error, "no twos")));
  assertEquals(await within(Promise.all(results.slice(2))), [3, 4]);
});

Deno.test("a gate lets so many through at a time, in order, also after a failure", async () => {
  const pass = gate(2);
  let inside = 0, most = 0;
  const order: number[] = [];
  const work = (i: number) => async () => {
    most = Math.max(most, ++inside);
    order.push(i);
    await turn();
    inside--;
    if (i === 1) throw new Error("one");
    return i;
  };
  const all = await Promise.allSettled([0, 1, 2, 3, 4].map((i) => pass(work(i))));
  assertEquals(all.map(({ status }) => status === "fulfilled"), [true, false, true, true, true]);
  assertEquals([most, inside, order], [2, 0, [0, 1, 2, 3, 4]]);
});

Deno.test("a gate lets no more through after a burst than before", async () => {
  const pass = gate(2);
  let inside = 0, most = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await turn();
    inside--;
  };
  for (let burst = 0; burst < 3; burst++) {
    const all = Array.from({ length: 5 }, () => pass(work));
    await turn();
    all.push(...Array.from({ length: 5 }, () => pass(work)));
    await within(Promise.all(all));
  }
  assertEquals([most, inside], [2, 0]);
});
