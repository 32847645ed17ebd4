/** Names and paths of requests: what is this server's, and what only claims to be. */
import { assertEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { corsHeaders, originOf } from "../../src/serve/cors.ts";
import { answersTo } from "../../src/serve/hosts.ts";
import { targetOf } from "../../src/serve/target.ts";

Deno.test("this machine's names, the address listened on and allowed names are answered, no other", () => {
  const mayAsk = answersTo("192.168.1.5", ["films.example", "fe80::1"]);
  for (
    const host of [
      ...[
        "localhost",
        "localhost:8000",
        "LOCALHOST.",
        "films.localhost:1",
        "127.0.0.1:80",
        "127.1.2.3",
        "[::1]:9",
      ],
      ...["192.168.1.5", "192.168.1.5:8000", "films.example:443", "Films.Example.", "[fe80::1]:8000"],
    ]
  ) assertEquals([host, mayAsk(host)], [host, true]);
  for (
    const host of [
      ...["", "evil.example", "evil.example:8000", "localhost.evil.example", "127.0.0.1.evil.example"],
      ...["a/metrics?", "%", "localhost/", "localhost@evil.example", "user@localhost", "localhost:8000:1"],
      ...[
        "192.168.1.6",
        "[::2]",
        "::1",
        "local host",
        "localhost\t",
        "notlocalhost",
        "films.example.evil.example",
      ],
    ]
  ) assertEquals([host, mayAsk(host)], [host, false]);
  for (const everywhere of ["0.0.0.0", "::"]) {
    const anywhere = answersTo(everywhere, []);
    assertEquals(["10.0.0.7:8000", "[2001:db8::1]", "localhost", "model:8000"].map(anywhere), [
      true,
      true,
      true,
      false,
    ]);
  }
});

Deno.test("a target's path is its own, whatever the host says", () => {
  assertEquals(targetOf("/metrics"), { path: "/metrics", parameters: [] });
  assertEquals(targetOf("/predict?explain=true&a"), { path: "/predict", parameters: ["explain", "a"] });
  assertEquals(targetOf("/?"), { path: "/", parameters: [] });
  assertEquals(targetOf("http://a:1/health?b=/?c"), { host: "a:1", path: "/health", parameters: ["b"] });
  assertEquals(targetOf("HTTPS://a"), { host: "a", path: "/", parameters: [] });
  assertEquals(targetOf("//evil/predict"), { path: "//evil/predict", parameters: [] });
  for (const other of ["*", "", "predict", "a:443", "ftp://a/b"]) assertEquals(targetOf(other), undefined);
});

Deno.test("a page of an origin that was named may ask, and no other", () => {
  const origins = ["https://films.example"];
  assertEquals(corsHeaders([], "https://films.example"), {});
  assertEquals(corsHeaders(origins, "https://evil.example"), { vary: "origin" });
  assertEquals(corsHeaders(origins, undefined), { vary: "origin" });
  assertEquals(corsHeaders(origins, "https://films.example"), {
    vary: "origin",
    "access-control-allow-origin": "https://films.example",
  });
  assertEquals(corsHeaders(["*"], "https://evil.example"), { "access-control-allow-origin": "*" });
  assertEquals(["*", "https://a.example", "http://A.example:80/"].map(originOf), [
    ...["*", "https://a.example", "http://a.example"],
  ]);
  for (
    const wrong of ["films.example", "https://a.example/page", "file:///a", "null", "https://u@a.example"]
  ) {
    assertThrows(() => originOf(wrong), OnesheetError, "expected an origin such as https://films.example");
  }
});
