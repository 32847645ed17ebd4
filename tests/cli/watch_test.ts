import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { watch } from "../../src/cli/watch.ts";
import { html } from "../../src/report/html.ts";
import { quickstart, small, withPlace } from "./command_line.ts";
import { startTask } from "./tasks.ts";

const ask = async (url: string, headers: Record<string, string> = {}) => {
  const response = await fetch(url, { headers });
  return { status: response.status, text: await response.text() };
};

Deno.test("a watched run shows its newest page and how far it is", async () => {
  await using page = watch(0);
  assertStringIncludes((await ask(page.address)).text, "No epoch has been evaluated yet");
  page.show({ title: "a", body: html`<main>second</main>` });
  page.hear({
    ...{ kind: "step", epoch: 1, epochs: 3, batch: 2, batches: 4, step: 2, rate: 1, loss: 0.5, batchLoss: 1 },
  });
  const { text } = await ask(page.address);
  assertStringIncludes(text, "<main>second</main>");
  assertStringIncludes(text, "let version = 1;");
  assertEquals(JSON.parse((await ask(`${page.address}status`)).text), {
    version: 1,
    line: "Epoch 1 of 3, batch 2 of 4, mean loss 0.5000.",
  });
  assertEquals((await ask(`${page.address}metrics.jsonl`)).status, 404);
});

Deno.test("a page elsewhere does not get in by another name of this machine", async () => {
  await using page = watch(0);
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(new URL(page.address).port) });
  await connection.write(
    new TextEncoder().encode("GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"),
  );
  const answer = await new Response(connection.readable).text();
  assertStringIncludes(answer, "403");
});

Deno.test("a port that is taken, or that there is not, is a sentence", async () => {
  await using page = watch(0);
  const port = Number(new URL(page.address).port);
  assertThrows(() => watch(port), OnesheetError, `Cannot use "--watch-port ${port}": another process has it`);
  assertThrows(() => watch(70000), OnesheetError, `Cannot use "--watch-port 70000": ports end at 65535`);
});

Deno.test("train shows its run under its own flags, and the sandbox says that it cannot", async () => {
  await withPlace(async ({ folder }) => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const port = `${(listener.addr as Deno.NetAddr).port}`;
    listener.close();
    const args = [quickstart, ...small, "--engine", "portable", "--max-steps", "1", "--watch-port", port];
    const said = await startTask(["train", ...args], folder, { HF_ENDPOINT: "" });
    assertEquals(said.code, 0, said.stderr);
    assertStringIncludes(said.stderr, `report: http://127.0.0.1:${port}/`);
    const refused = await startTask(["sandbox", ...args], folder);
    assertEquals(refused.code, 2);
    assert(
      refused.stderr.startsWith("Cannot use --watch-port in the sandbox: it has no network"),
      refused.stderr,
    );
  });
});
