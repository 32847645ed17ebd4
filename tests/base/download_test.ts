import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { OnesheetError } from "../../src/base/errors.ts";
import { download, WrongContent } from "../../src/base/download.ts";

const content = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7 + (i >> 8)) & 255);

/** Answers with the asked range and, after `limit` bytes of it, does what `then` says. */
function ranged(request: Request, limit: number, then: "cut" | "stall"): Response {
  const start = Number(/bytes=(\d+)-/.exec(request.headers.get("range") ?? "")?.[1] ?? 0);
  const rest = content.subarray(start);
  const body = new ReadableStream({
    async start(out) {
      out.enqueue(rest.slice(0, limit));
      if (rest.length <= limit) return out.close();
      await new Promise((done) => setTimeout(done, 50));
      if (then === "cut") out.error(new Error("cut"));
    },
  });
  const headers: Record<string, string> = { "content-length": `${rest.length}` };
  if (start > 0) headers["content-range"] = `bytes ${start}-${content.length - 1}/${content.length}`;
  return new Response(body, { status: start > 0 ? 206 : 200, headers });
}

/** Runs a test against a loopback server; `answer` gets the number of the request, from 0. */
async function against(
  answer: (request: Request, turn: number) => Response,
  test: (url: string, path: string, ranges: (string | null)[]) => Promise<void>,
): Promise<void> {
  const ranges: (string | null)[] = [];
  const folder = await Deno.makeTempDir();
  const server = Deno.serve({
    port: 0,
    hostname: "127.0.0.1",
    onListen: () => {},
    onError: () => new Response(),
  }, (request) => {
    ranges.push(request.headers.get("range"));
    return answer(request, ranges.length - 1);
  });
  try {
    await test(`http://127.0.0.1:${server.addr.port}/some/file.whl`, join(folder, "file.part"), ranges);
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
}

const bytes = content.length;
const options = { bytes, onBytes: () => {}, patience: { pause: 1 } };

Deno.test("a download whose connection is cut asks for the rest only", () =>
  against((request) => ranged(request, 120_000, "cut"), async (url, path, ranges) => {
    const told: number[] = [];
    await download(url, path, { ...options, onBytes: (n) => told.push(n) });
    assertEquals(await Deno.readFile(path), content);
    assertEquals(ranges, [null, "bytes=120000-", "bytes=240000-"]);
    assertEquals(told.at(-1), bytes);
    assertEquals(told, told.toSorted((a, b) => a - b));
  }));

Deno.test("a download that falls silent is taken up again", () =>
  against((request) => ranged(request, 200_000, "stall"), async (url, path, ranges) => {
    await download(url, path, { ...options, patience: { pause: 1, quiet: 200 } });
    assertEquals(await Deno.readFile(path), content);
    assertEquals(ranges, [null, "bytes=200000-"]);
  }));

Deno.test("a download starts again where the server knows no ranges", () =>
  against((_, turn) => {
    const cut = new ReadableStream({
      async start(out) {
        out.enqueue(content.slice(0, 1000));
        await new Promise((done) => setTimeout(done, 50));
        out.error(new Error("cut"));
      },
    });
    return new Response(turn === 0 ? cut : content);
  }, async (url, path, ranges) => {
    await Deno.writeFile(path, content.slice(0, 5000));
    await download(url, path, options);
    assertEquals(await Deno.readFile(path), content);
    assertEquals(ranges, ["bytes=5000-", "bytes=1000-"]);
  }));

Deno.test("a download waits for a server that is busy", () =>
  against(
    (request, turn) => turn < 3 ? new Response(null, { status: 503 }) : ranged(request, bytes, "cut"),
    async (url, path) => {
      await download(url, path, options);
      assertEquals(await Deno.readFile(path), content);
    },
  ));

Deno.test("a download gives up when nothing more arrives, and keeps what it has", () =>
  against(
    (request, turn) => turn === 0 ? ranged(request, 5000, "cut") : new Response(null, { status: 500 }),
    async (url, path, ranges) => {
      await assertRejects(
        () => download(url, path, options),
        OnesheetError,
        `Cannot download file.whl from ${
          new URL(url).host
        }: the server answered 500; run the command again to go on ` +
          "from byte 5000 of 300000",
      );
      assertEquals(ranges.length, 6);
      assertEquals(await Deno.readFile(path), content.slice(0, 5000));
    },
  ));

Deno.test("a download does not repeat what the server refuses", () =>
  against(() => new Response(null, { status: 403 }), async (url, path, ranges) => {
    await assertRejects(() => download(url, path, options), OnesheetError, "the server answered 403");
    assertEquals(ranges.length, 1);
  }));

Deno.test("a download of another length than expected stops at the answer, or at the first byte too many", async () => {
  // A body that comes as a stream has no length in its head.
  for (const body of [() => content, () => new Blob([content]).stream()]) {
    await against(() => new Response(body()), async (url, path, ranges) => {
      await assertRejects(
        () => download(url, path, { ...options, bytes: 200_000 }),
        WrongContent,
        "expected 200000 bytes, found ",
      );
      assertEquals(ranges.length, 1);
    });
  }
  await against((request) => ranged(request, bytes, "cut"), async (url, path, ranges) => {
    await Deno.writeFile(path, content.slice(0, 1000));
    await assertRejects(
      () => download(url, path, { ...options, bytes: 400_000 }),
      WrongContent,
      "expected 400000 bytes, found 300000",
    );
    assertEquals([ranges, (await Deno.stat(path)).size], [["bytes=1000-"], 1000]);
  });
});

Deno.test("a server whose file ends before the part asked for has another file", () =>
  against(
    () => new Response(null, { status: 416, headers: { "content-range": "bytes */9" } }),
    async (url, path) => {
      await Deno.writeFile(path, content.slice(0, 1000));
      await assertRejects(() => download(url, path, options), WrongContent, "expected 300000 bytes, found 9");
    },
  ));

Deno.test("a part that lies behind what was asked for is not used", () =>
  against(
    (_, turn) =>
      turn === 0
        ? new Response(content.slice(2000), {
          status: 206,
          headers: { "content-range": `bytes 2000-${bytes - 1}/${bytes}` },
        })
        : new Response(content),
    async (url, path, ranges) => {
      await Deno.writeFile(path, content.slice(0, 1000));
      await download(url, path, options);
      assertEquals([await Deno.readFile(path), ranges.length], [content, 2]);
    },
  ));

Deno.test("a download that is stopped from outside keeps what it has and does not try again", async () => {
  const stop = new AbortController();
  await against((request) => ranged(request, 100_000, "stall"), async (url, path, ranges) => {
    const onBytes = (count: number) => {
      if (count === 100_000) stop.abort();
    };
    await assertRejects(
      () => download(url, path, { ...options, onBytes, signal: stop.signal }),
      DOMException,
    );
    assertEquals([(await Deno.stat(path)).size, ranges.length], [100_000, 1]);
  });
});

Deno.test("a body of unknown length that ends early is taken up again", () =>
  against(
    (request, turn) =>
      turn === 0 ? new Response(new Blob([content.slice(0, 1000)]).stream()) : ranged(request, bytes, "cut"),
    async (url, path, ranges) => {
      await download(url, path, options);
      assertEquals([await Deno.readFile(path), ranges], [content, [null, "bytes=1000-"]]);
    },
  ));
