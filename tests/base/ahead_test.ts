import { assertEquals, assertLessOrEqual, assertRejects } from "@std/assert";
import { ahead } from "../../src/base/ahead.ts";

/** Work that ends when the test says so, and what of it is under way. */
function bench() {
  const started: number[] = [], ended: number[] = [];
  const ends = new Map<number, (error?: Error) => void>();
  const work = (item: number): Promise<string> => {
    started.push(item);
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    ends.set(item, (error) => {
      ended.push(item);
      if (error) reject(error);
      else resolve(`made ${item}`);
    });
    return promise;
  };
  return { started, ended, work, end: (item: number, error?: Error) => ends.get(item)!(error) };
}

/** Lets everything run that can. */
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

async function collect<T>(results: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const result of results) all.push(result);
  return all;
}

Deno.test("results come in the order of the items, though later work ends first", async () => {
  const waits = [30, 0, 20, 10, 0];
  const results = ahead(waits.keys(), 3, async (item) => {
    await new Promise((resolve) => setTimeout(resolve, waits[item]));
    return item;
  });
  assertEquals(await collect(results), [0, 1, 2, 3, 4]);
});

for (const depth of [0, 1, 2, 10]) {
  Deno.test(`while a result is used, the next ${depth} are being made, and no more`, async () => {
    let running = 0, most = 0, begun = 0;
    const results = ahead(Array(8).keys(), depth, async (item) => {
      begun++;
      most = Math.max(most, ++running);
      await turn();
      running--;
      return item;
    });
    let used = 0;
    for await (const item of results) {
      assertEquals(item, used++);
      assertEquals(begun, Math.min(8, used + depth));
      await turn();
    }
    assertEquals(used, 8);
    assertLessOrEqual(most, depth + 1);
  });
}

Deno.test("nothing starts before the first result is asked for; no items are no results", async () => {
  const { started, work, end } = bench();
  const results = ahead([1, 2, 3], 1, work);
  await turn();
  assertEquals(started, []);
  const first = results.next();
  await turn();
  assertEquals(started, [1, 2]);
  [1, 2].forEach((item) => end(item));
  assertEquals((await first).value, "made 1");
  assertEquals((await results.return(undefined)).done, true);
  assertEquals(await collect(ahead([], 2, work)), []);
});

Deno.test("an error comes in its turn, after the results before it, and ends it once the rest is done", async () => {
  const { started, ended, work, end } = bench();
  const results = ahead([1, 2, 3, 4, 5], 2, work);
  const first = results.next();
  await turn();
  end(2, new Error("row 2 is broken")); // no unhandled rejection: it waits for its turn
  await turn();
  end(1);
  assertEquals((await first).value, "made 1");
  let told = false;
  const second = assertRejects(() => results.next(), Error, "row 2 is broken").then(() => told = true);
  await turn();
  assertEquals([told, started], [false, [1, 2, 3, 4]]);
  end(4);
  await turn();
  assertEquals(told, false);
  end(3);
  await second;
  assertEquals(ended, [2, 1, 4, 3]);
  assertEquals((await results.next()).done, true);
  assertEquals(started, [1, 2, 3, 4]);
});

Deno.test("leaving early starts no more and waits for what was started, even where that fails", async () => {
  const { started, work, end } = bench();
  let left = false;
  const leaving = (async () => {
    for await (const _ of ahead([1, 2, 3, 4, 5], 2, work)) break;
    left = true;
  })();
  await turn();
  end(1);
  await turn();
  assertEquals([left, started], [false, [1, 2, 3]]);
  end(2);
  end(3, new Error("nobody asks any more"));
  await leaving;
  assertEquals([left, started], [true, [1, 2, 3]]);
});

Deno.test("work that throws at once, and items that do, are errors too", async () => {
  const broken = () => {
    throw new Error("at once");
  };
  await assertRejects(() => collect(ahead([1], 2, broken)), Error, "at once");
  function* items() {
    yield 1;
    throw new Error("no more items");
  }
  await assertRejects(
    () => collect(ahead(items(), 2, (item) => Promise.resolve(item))),
    Error,
    "no more items",
  );
});
