/** What a server says around its predictions: hosts, paths, pages of other origins, counts, bounded memory, failures. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { usualLimits } from "../../src/serve/limits.ts";
import type { Predictor } from "../../src/serve/predictor.ts";
import type { ServeOptions } from "../../src/serve/server.ts";
import { png } from "../data/parquet_files.ts";
import { ask, standIn, whileServed } from "./served.ts";

const question = { poster: png(4, 6, [1, 2, 3]).toBase64(), plot: "A ship." };
const predictor = standIn(["drama", "war"]);

const during = (
  options: Partial<ServeOptions>,
  test: (url: string) => Promise<void>,
  model: Partial<Predictor> = {},
) => whileServed({ ...predictor, ...model }, { onFailure: () => {}, ...options }, test);

/** Sends a request as it stands and gives the answer. */
async function raw(url: string, request: string): Promise<string> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(new URL(url).port) });
  await connection.write(new TextEncoder().encode(request));
  return await new Response(connection.readable).text();
}

const head = (target: string, host: string) =>
  `GET ${target} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`;

Deno.test("only a name of this server is answered, and the host changes no path", async () => {
  await during({ hosts: ["films.example"] }, async (url) => {
    for (const host of ["localhost", "127.0.0.1:1", "films.example"]) {
      assertMatch(await raw(url, head("/health", host)), /^HTTP\/1\.1 200 /, host);
    }
    assertMatch(await raw(url, head("http://localhost/health", "localhost")), /^HTTP\/1\.1 200 /);
    for (const host of ["evil.example", "a/metrics?", "%", "", "localhost@evil.example"]) {
      const said = await raw(url, head("/health", host));
      assertMatch(said, /^HTTP\/1\.1 421 /, host);
      assertStringIncludes(said, '"error":"Cannot answer as ');
    }
    assertMatch(await raw(url, head("http://evil.example/health", "localhost")), /^HTTP\/1\.1 421 /);
    assertMatch(await raw(url, head("*", "localhost")), /^HTTP\/1\.1 40\d /);
  });
});

Deno.test("a final slash is the same path, and query parameters are refused by name", async () => {
  await during({}, async (url) => {
    for (const path of ["health/", "metrics/", "openapi.json/", "page.css/", ""]) {
      const response = await fetch(url + path);
      assertEquals(response.status, 200, path);
      await response.body?.cancel();
    }
    const init = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(question),
    };
    assertEquals((await (await fetch(`${url}predict/`, init)).json()).labels[0].label, "war");
    const refused = await fetch(`${url}predict?explain=true&top=3`, init);
    assertEquals([refused.status, (await refused.json()).error], [
      400,
      'Cannot answer: expected no query parameters, found "explain", "top"; the fields of a question are in its body',
    ]);
  });
});

Deno.test("behind a path prefix everything is there, and the prefix without its slash redirects", async () => {
  await during({ prefix: "/a/films" }, async (url) => {
    assertMatch(url, /^http:\/\/127\.0\.0\.1:\d+\/a\/films\/$/);
    const bare = await fetch(url.slice(0, -1), { redirect: "manual" });
    assertEquals([bare.status, bare.headers.get("location")], [308, "films/"]);
    await bare.body?.cancel();
    const page = await fetch(url.slice(0, -1));
    assertEquals([page.url, page.status], [url, 200]);
    await page.body?.cancel();
    for (const at of [url, new URL("/", url).href]) {
      assertEquals((await ask(at, question).then((response) => response.json())).labels.length, 2);
    }
    const document = await (await fetch(`${url}openapi.json`)).json();
    assertEquals(document.servers, [{ url: "/a/films" }]);
    const { schema } = document.paths["/predict"].post.requestBody.content["multipart/form-data"];
    assertEquals([schema.properties.poster.format, schema.additionalProperties], ["binary", false]);
    const elsewhere = await fetch(new URL("/a/filmsy/health", url));
    assertEquals(elsewhere.status, 404);
    await elsewhere.body?.cancel();
  });
});

Deno.test("a page of an origin that is allowed may ask with a body of JSON, others and refused ones are told so", async () => {
  await during({ origins: ["https://films.example"] }, async (url) => {
    const from = (origin: string, init: RequestInit = {}) =>
      fetch(`${url}predict`, { ...init, headers: { origin, ...init.headers } });
    const before = await from("https://films.example", { method: "OPTIONS" });
    assertEquals(before.status, 204);
    assertEquals(before.headers.get("access-control-allow-origin"), "https://films.example");
    assertEquals(before.headers.get("access-control-allow-methods"), "POST");
    assertStringIncludes(before.headers.get("access-control-allow-headers")!, "content-type");
    const refused = await from("https://films.example", { method: "POST", body: "" });
    assertEquals([refused.status, refused.headers.get("access-control-allow-origin")], [
      415,
      "https://films.example",
    ]);
    await refused.body?.cancel();
    const other = await from("https://evil.example", { method: "OPTIONS" });
    assertEquals(other.headers.get("access-control-allow-origin"), null);
  });
  await during({}, async (url) => {
    const response = await fetch(`${url}predict`, { method: "OPTIONS" });
    assertEquals([response.status, response.headers.get("allow")], [405, "POST"]);
    await response.body?.cancel();
  });
});

Deno.test("the histogram of latencies counts answers with status 200 alone, and says so", async () => {
  await during({}, async (url) => {
    for (const body of [question, question, { plot: "" }, "{"]) await (await ask(url, body)).body?.cancel();
    const text = await (await fetch(`${url}metrics`)).text();
    assertMatch(text, /^# HELP onesheet_prediction_seconds .* of answers with status 200\.$/m);
    assertMatch(text, /^onesheet_prediction_seconds_count 2$/m);
    assertMatch(text, /^onesheet_requests_total\{path="\/predict",status="422"\} 1$/m);
  });
});

Deno.test("bodies of all requests together are bounded: one more is told to come again", async () => {
  const bytes = 10 * 2 ** 20, part = bytes - 1;
  await during({ limits: { ...usualLimits, bytes } }, async (url) => {
    const port = Number(new URL(url).port);
    const begun = new TextEncoder().encode(
      `POST /predict HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${bytes}\r\n\r\n`,
    );
    const connections = await Promise.all(Array.from({ length: 6 }, async () => {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      for (const piece of [begun, new Uint8Array(part)]) {
        for (let at = 0; at < piece.length;) at += await connection.write(piece.subarray(at));
      }
      return connection;
    }));
    const large = await ask(url, JSON.stringify({ ...question, plot: "x".repeat(part - 2000) }));
    assertEquals([large.status, large.headers.get("retry-after")], [503, "1"]);
    assertMatch((await large.json()).error, /^Cannot read the request: expected room for its body/);
    const small = await ask(url, question);
    assertEquals(small.status, 200, "a small one still fits");
    await small.body?.cancel();
    for (const connection of connections) connection.close();
    let again = await ask(url, question);
    for (let i = 0; again.status !== 200 && i < 100; i++) again = await ask(url, question);
    assertEquals((await again.json()).labels.length, 2);
    while (!/under_way 0$/m.test(await (await fetch(`${url}metrics`)).text()));
  });
});

Deno.test("a failure of the model is a sentence with status 500, one of the server is not shown", async () => {
  for (
    const [error, sentence] of [
      [
        new OnesheetError("Cannot predict: expected finite outputs of the model, found NaN or infinity"),
        /^Cannot predict: expected finite/,
      ],
      [new TypeError("secret"), /^Cannot answer: the server failed; its log says why$/],
    ] as const
  ) {
    const heard: unknown[] = [];
    let isWarm = false;
    const predict: Predictor["predict"] = (examples) =>
      isWarm ? Promise.reject(error) : predictor.predict(examples);
    await during({ onFailure: (failure) => heard.push(failure) }, async (url) => {
      isWarm = true;
      const response = await ask(url, question);
      assertEquals(response.status, 500);
      assertMatch((await response.json()).error, sentence);
      assertEquals(heard, [error]);
      assert((await fetch(`${url}health`)).ok);
    }, { predict });
  }
});
