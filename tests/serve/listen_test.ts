/** Clients that connect and send nothing, half of a request or read no answer, over real sockets. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Answer, type Asked, connectionLimits, listen } from "../../src/serve/listen.ts";
import { inProject } from "../cli/command_line.ts";

const hostname = "127.0.0.1";
const ok: Answer = { status: 200, headers: {}, body: "ok" };

/** Reads all of a request. */
async function readAll({ body }: Asked): Promise<Answer> {
  let length = 0;
  for await (const part of body) length += part.length;
  return { ...ok, body: `${length} bytes` };
}

interface Server {
  readonly url: string;
  readonly port: number;
  /** Connects, sends a text and gives what comes until the server closes the connection. */
  sent(text: string): Promise<string>;
}

async function during(
  answer: (asked: Asked) => Promise<Answer>,
  limits: Partial<typeof connectionLimits>,
  test: (server: Server) => Promise<void>,
): Promise<number> {
  const listening = listen({ hostname, port: 0 }, answer, { ...connectionLimits, ...limits });
  const { port } = listening;
  const sent: Server["sent"] = async (text) => {
    const connection = await Deno.connect({ hostname, port });
    await connection.write(new TextEncoder().encode(text));
    return await new Response(connection.readable).text();
  };
  let cut = 0;
  try {
    await test({ url: `http://${hostname}:${port}/`, port, sent });
  } finally {
    cut = await listening.stop();
  }
  return cut;
}

const head = "POST / HTTP/1.1\r\nhost: localhost\r\n";

Deno.test("who sends nothing, half of a head or half of a body is disconnected in time", async () => {
  await during(readAll, { head: 1, request: 2 }, async ({ url, sent }) => {
    const said = await Promise.all([
      sent(""),
      sent(head),
      sent(`${head}content-length: 100\r\n\r\nabc`),
      sent(`${head}transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n`),
      sent("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n"),
    ]);
    assertEquals(said[0], "");
    assertMatch(said[1], /^HTTP\/1\.1 408 [\s\S]*"error":"Cannot read the request: expected it within/);
    for (const half of [said[2], said[3]]) assert(half === "" || half.startsWith("HTTP/1.1 408"), half);
    assertMatch(said[4], /^HTTP\/1\.1 200 OK\r\n[\s\S]*0 bytes$/);
    assertEquals(await (await fetch(url, { method: "POST", body: "abcd" })).text(), "4 bytes");
  });
});

Deno.test("a client that reads no answer is disconnected in time", async () => {
  const large = { ...ok, body: "x".repeat(64 * 2 ** 20) };
  let answered = 0;
  const cut = await during(
    () => Promise.resolve((answered++, large)),
    { answer: 1, stop: 60 },
    async ({ port }) => {
      using connection = await Deno.connect({ hostname, port });
      await connection.write(new TextEncoder().encode("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n"));
      while (answered === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      // Stopping waits for the connection; this one is never read.
      await new Promise((resolve) => setTimeout(resolve, 1500));
    },
  );
  assertEquals(cut, 0);
});

Deno.test("what is no HTTP/1.1 is refused by a sentence, and one connection carries many requests", async () => {
  await during(readAll, {}, async ({ sent, url }) => {
    for (
      const [text, status] of [
        ["NONSENSE\r\n\r\n", 400],
        ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505],
        ["GET / HTTP/1.1\r\n\r\n", 400],
        [`GET / HTTP/1.1\r\nhost: localhost\r\nlong: ${"x".repeat(40_000)}\r\n\r\n`, 431],
        [`${head}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
      ] as const
    ) {
      assertMatch(await sent(text), new RegExp(`^HTTP/1\\.1 ${status} `), text.slice(0, 40));
    }
    const both = await sent(
      `${head}content-length: 2\r\n\r\nab${head}content-length: 1\r\nconnection: close\r\n\r\nc`,
    );
    assertEquals(both.match(/HTTP\/1\.1 200 OK/g)?.length, 2);
    assertStringIncludes(both, "2 bytes");
    for (let i = 0; i < 3; i++) {
      assertEquals(
        await (await fetch(url, { method: "POST", body: "x".repeat(2 ** 20) })).text(),
        "1048576 bytes",
      );
    }
    const { headers } = await fetch(url, { method: "HEAD" });
    assertEquals(headers.get("content-length"), "7");
  });
});

Deno.test("a request that is refused before it has arrived gets its answer", async () => {
  const refused = () => Promise.resolve({ ...ok, status: 413, body: "too large" });
  await during(refused, {}, async ({ url }) => {
    const response = await fetch(url, { method: "POST", body: new Uint8Array(20 * 2 ** 20) });
    assertEquals([response.status, await response.text()], [413, "too large"]);
  });
});

Deno.test("above the limit of connections the one that has waited longest makes room", async () => {
  await during(readAll, { connections: 4 }, async ({ port, url }) => {
    const idle = await Promise.all(Array.from({ length: 20 }, () => Deno.connect({ hostname, port })));
    assertEquals(await (await fetch(url)).text(), "0 bytes");
    for (const connection of idle) connection.close();
  });
});

Deno.test("a stop answers what is under way, drops what has not begun, and cuts off the rest at its deadline", async () => {
  const slow = Promise.withResolvers<void>();
  const answer = async (asked: Asked) => {
    if (asked.target === "/never") await new Promise(() => {});
    if (asked.target === "/slow") await slow.promise;
    return await readAll(asked);
  };
  const said: Promise<string>[] = [];
  const cut = await during(answer, { stop: 1 }, async ({ port, sent, url }) => {
    await Deno.connect({ hostname, port }).then((idle) => said.push(new Response(idle.readable).text()));
    said.push(sent("GET /slow HTTP/1.1\r\nhost: localhost\r\n\r\n"));
    said.push(sent(`${head}content-length: 100\r\n\r\nabc`));
    said.push(sent("GET /never HTTP/1.1\r\nhost: localhost\r\n\r\n"));
    await (await fetch(url)).body?.cancel();
    setTimeout(slow.resolve, 100);
  });
  const [idle, answered, half, never] = await Promise.all(said);
  assertEquals([idle, half, never], ["", "", ""]);
  assertMatch(answered, /^HTTP\/1\.1 200 OK[\s\S]*connection: close/i);
  assertEquals(cut, 1, "the request that had arrived; the half of one is its client's fault");
});

Deno.test({
  name: "a server that runs out of file descriptors answers again, also while they are taken",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const deno = [Deno.execPath(), "run", "-A", "--no-check", inProject("tests/serve/listening.ts")].join(
      " ",
    );
    const child = new Deno.Command("sh", {
      args: ["-c", `ulimit -n 64; exec ${deno}`],
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    try {
      const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
      const port = Number((await reader.read()).value);
      await reader.cancel();
      const taken = await Promise.all(Array.from({ length: 150 }, () => Deno.connect({ hostname, port })));
      for (let i = 0; i < 3; i++) {
        assertEquals(
          await (await fetch(`http://${hostname}:${port}/`, { headers: { connection: "close" } })).text(),
          "ok",
        );
      }
      for (const connection of taken) connection.close();
      assertEquals(await (await fetch(`http://${hostname}:${port}/`)).text(), "ok");
    } finally {
      child.kill("SIGKILL");
      await child.status;
    }
  },
});
