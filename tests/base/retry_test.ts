import { assertEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { askedWait, busy, Passing, pauseAfter, retry, usualPatience, watch } from "../../src/base/retry.ts";

const patience = { tries: 4, pause: 1, longest: 5, quiet: 50 };

Deno.test("pauses double up to the longest, and after the last try there is none", () => {
  const given = { ...usualPatience, tries: 9, pause: 1000, longest: 20_000 };
  const pauses = Array.from({ length: 10 }, (_, failures) => pauseAfter(failures, given));
  assertEquals(pauses, [1000, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000, 20_000, undefined]);
});

Deno.test("a server that asks for a longer pause gets it, up to the longest", () => {
  assertEquals(pauseAfter(1, usualPatience, 30_000), 30_000);
  assertEquals(pauseAfter(1, usualPatience, 200), 1000);
  assertEquals(pauseAfter(1, usualPatience, 86_400_000), 300_000);
  assertEquals(pauseAfter(5, usualPatience, 30_000), undefined);
});

Deno.test("the wait that an answer asks for is read as seconds, as a date, or from the hub's rate limit", () => {
  const now = Date.parse("2025-01-01T12:00:00Z");
  const cases: [Record<string, string>, number][] = [
    [{ "retry-after": "120" }, 120_000],
    [{ "retry-after": "0" }, 0],
    [{ "retry-after": "Wed, 01 Jan 2025 12:01:30 GMT" }, 90_000],
    [{ "retry-after": "Wed, 01 Jan 2025 11:00:00 GMT" }, 0],
    [{ "retry-after": "soon" }, 0],
    [{ "retry-after": "-5" }, 0],
    [{ "retry-after": "7", ratelimit: '"api";r=0;t=55' }, 7000],
    [{ ratelimit: '"api";r=0;t=55' }, 55_000],
    [{ ratelimit: '"resolvers"; r=0; t=300' }, 300_000],
    [{}, 0],
  ];
  for (const [headers, wait] of cases) assertEquals(askedWait(new Headers(headers), now), wait);
});

Deno.test("answers of a busy server may pass, others are no failure of that kind", () => {
  const statuses = [200, 206, 302, 400, 401, 403, 404, 408, 416, 429, 500, 502, 503, 504];
  const passing = statuses.filter((status) => busy(new Response(null, { status })) !== undefined);
  assertEquals(passing, [408, 429, 500, 502, 503, 504]);
  assertEquals(busy(new Response(null, { status: 429, headers: { "retry-after": "3" } }))?.wait, 3000);
});

Deno.test("work that fails in passing is repeated until it succeeds, or given up with its last failure", async () => {
  let turns = 0;
  const failing = (times: number) => () => {
    turns++;
    return turns <= times ? Promise.reject(new Passing(`failure ${turns}`)) : Promise.resolve("done");
  };
  assertEquals([await retry(failing(3), patience), turns], ["done", 4]);
  turns = 0;
  await assertRejects(() => retry(failing(9), patience), Passing, "failure 4");
  turns = 0;
  await assertRejects(
    () => retry(() => Promise.reject(new OnesheetError(`refused ${++turns}`)), patience),
    OnesheetError,
    "refused 1",
  );
});

Deno.test("failures of work that gets on are not counted", async () => {
  let [turns, gains] = [0, 20];
  const work = () => Promise.reject(new Passing(`failure ${++turns}`));
  await assertRejects(() => retry(work, patience, { gained: () => gains-- > 0 }), Passing, "failure 24");
});

Deno.test("repetition ends when it is told to, also in the middle of a pause", async () => {
  const stop = new AbortController();
  let turns = 0;
  const work = () => {
    turns++;
    queueMicrotask(() => stop.abort());
    return Promise.reject(new Passing("busy"));
  };
  const slow = { ...patience, pause: 3_600_000, longest: 3_600_000 };
  await assertRejects(() => retry(work, slow, { signal: stop.signal }), DOMException);
  assertEquals(turns, 1);
});

Deno.test("a connection is silent when nothing was heard for too long, not when it is slow", async () => {
  using connection = watch(200);
  const after = (ms: number) => new Promise<string>((done) => setTimeout(() => done("word"), ms));
  for (let i = 0; i < 5; i++) assertEquals(await connection.hear(after(60)), "word");
  const never = new Promise((_, fail) => {
    connection.signal.addEventListener("abort", () => fail(new TypeError("aborted")));
  });
  await assertRejects(() => connection.hear(never), Passing, "no data for 0.2 s");
});

Deno.test("why a request failed is said without its address", async () => {
  using connection = watch(10_000);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const request = fetch(`http://127.0.0.1:${port}/file?signature=secret`);
  const error = await assertRejects(() => connection.hear(request), Passing, "tcp connect error");
  assertEquals(error.message.includes("secret"), false);
});
