import { assertEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { newTurns } from "../../src/engine/turns.ts";

const moment = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("work is done one piece at a time, in the order it was asked for, also after a failure", async () => {
  const done: string[] = [];
  const turns = newTurns("it", () => {});
  const work = (name: string, ms: number) =>
    turns.take(async () => {
      done.push(`${name} begins`);
      await moment(ms);
      done.push(`${name} ends`);
      if (name === "b") throw new RangeError(name);
      return name;
    });
  const results = await Promise.allSettled([work("a", 10), work("b", 5), work("c", 0)]);
  assertEquals(results.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
  assertEquals(done, ["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
});

Deno.test("closing frees the resource at once when it is idle, and only once", async () => {
  let closed = 0;
  const turns = newTurns("the thing", () => closed++);
  assertEquals(await turns.take(() => Promise.resolve(5)), 5);
  turns.close();
  turns.close();
  assertEquals(closed, 1);
  await assertRejects(
    () => turns.take(() => Promise.resolve(5)),
    OnesheetError,
    "Cannot use the thing: it has been disposed",
  );
  assertEquals(closed, 1);
});

Deno.test("closing waits for the work under way and for the work already asked for", async () => {
  const done: string[] = [];
  const turns = newTurns("it", () => done.push("closed"));
  const works = ["a", "b"].map((name) =>
    turns.take(async () => {
      await moment(5);
      done.push(name);
      if (name === "b") throw new RangeError(name);
    })
  );
  turns.close();
  await Promise.allSettled(works);
  assertEquals(done, ["a", "b", "closed"]);
});
