/** A run behind real HTTP: answers, limits, refusals, batches, counts. */
import { assert, assertAlmostEquals, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { usualLimits } from "../../src/serve/limits.ts";
import type { Told } from "../../src/serve/told.ts";
import { film } from "../../src/data/drawn.ts";
import { png } from "../data/parquet_files.ts";
import { ask, question, withRun } from "./served.ts";

const form = (poster: Uint8Array<ArrayBuffer>, fields: Record<string, string>): FormData => {
  const body = new FormData();
  body.append("poster", new File([poster], "poster"));
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  return body;
};

/** A number out of the text of `/metrics`. */
const counted = async (url: string, name: string): Promise<number> => {
  const lines = (await (await fetch(`${url}metrics`)).text()).split("\n");
  return Number(lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1));
};

Deno.test("a run behind HTTP", async (t) => {
  await withRun(async ({ place, predictor, during }) => {
    await t.step("JSON, multipart and the command say the same of a film", () =>
      during({}, async (url) => {
        const { poster, plot, format } = film(1, 3);
        const bytes = Uint8Array.from(poster);
        const json = await ask(url, { ...question(3), explain: true });
        const multipart = await fetch(`${url}predict`, {
          method: "POST",
          body: form(bytes, { plot, explain: "true" }),
        });
        await Deno.writeFile(`${place.folder}/poster.${format}`, bytes);
        const said = await place.done([
          ...["predict", "run", "--poster", `poster.${format}`, "--plot", plot, "--explain", "--json"],
          ...["--engine", "portable"],
        ]);
        const [a, b]: Told[][] = [(await json.json()).labels, (await multipart.json()).labels];
        const c: Told[] = JSON.parse(said.stdout);
        assertEquals(a.map(({ label }) => label).sort(), [...predictor.labels].sort());
        for (const other of [b, c]) {
          for (const [i, { label, probability, imageOnly, textOnly }] of a.entries()) {
            assertEquals(other[i].label, label);
            assertAlmostEquals(other[i].probability, probability, 1e-6);
            assertAlmostEquals(other[i].imageOnly!, imageOnly!, 1e-6);
            assertAlmostEquals(other[i].textOnly!, textOnly!, 1e-6);
          }
        }
      }));

    await t.step(
      "image only is the poster with an empty plot, text only the plot with a grey poster",
      () =>
        during({}, async (url) => {
          const { plot, poster } = question(5);
          const asked = async (body: unknown): Promise<Told[]> =>
            (await (await ask(url, body)).json()).labels;
          const explained = await asked({ poster, plot, explain: true });
          const grey = png(40, 60, [128, 128, 128]).toBase64();
          for (
            const [body, key] of [
              [{ poster, plot: "" }, "imageOnly"],
              [{ poster: grey, plot }, "textOnly"],
            ] as const
          ) {
            const alone = new Map((await asked(body)).map(({ label, probability }) => [label, probability]));
            for (const each of explained) assertAlmostEquals(each[key]!, alone.get(each.label)!, 1e-6);
          }
          const values = ["probability", "imageOnly", "textOnly"] as const;
          assertEquals(new Set(values.map((key) => explained[0][key])).size, 3);
        }),
    );

    await t.step(
      "what is not a question is refused by a sentence, and the server goes on",
      () =>
        during({ limits: { ...usualLimits, bytes: 40_000, pixels: 5000, tokens: 8 } }, async (url) => {
          const good = { poster: png(20, 30, [1, 2, 3]).toBase64(), plot: "A ship." };
          const refused: readonly (readonly [body: unknown, status: number, sentence: RegExp])[] = [
            ["{", 400, /^Cannot read the request: expected JSON, found /],
            ["[1]", 422, /^Cannot predict: expected \{…\}, found \[1\]$/],
            [{ plot: "x" }, 422, /^Cannot predict: expected a text as "poster", found nothing$/],
            [{ ...good, plot: 1 }, 422, /expected a text as "plot", found 1$/],
            [{ ...good, explain: "yes" }, 422, /expected true or false as "explain", found "yes"$/],
            [{ ...good, poster: "§" }, 422, /expected a file in Base64 as "poster", found "§"$/],
            [
              { ...good, poster: btoa("text") },
              415,
              /^Cannot decode this image: expected JPEG, PNG, GIF, WebP, TIFF or AVIF/,
            ],
            [
              { ...good, poster: png(100, 51, [1, 2, 3]).toBase64() },
              413,
              /at most 5000 pixels, found 100 by 51/,
            ],
            [
              { ...good, poster: png(20, 30, [1, 2, 3]).slice(0, 60).toBase64() },
              422,
              /^Cannot decode this PNG/,
            ],
            [{ ...good, plot: "one two three four five six seven" }, 422, /at most 8 tokens, found more/],
            [{ ...good, plot: "x".repeat(300) }, 422, /at most 8 tokens, found 300 characters/],
            [{ ...good, plot: "x".repeat(40_000) }, 413, /at most 40000 bytes, found more/],
          ];
          for (const [body, status, sentence] of refused) {
            const response = await ask(url, body);
            const said = await response.json();
            assertEquals([response.status, Object.keys(said)], [status, ["error"]], JSON.stringify(said));
            assertMatch(said.error, sentence);
            assertEquals(said.error.split("\n").length, 1);
          }
          const streamed = await fetch(`${url}predict`, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: ReadableStream.from([new Uint8Array(30_000), new Uint8Array(30_000)]),
          });
          assertEquals(streamed.status, 413, "also where no length is told");
          await streamed.body?.cancel();
          for (
            const [path, init, status] of [
              ["predict", { method: "POST", body: "poster" }, 415],
              ["predict", {
                method: "POST",
                body: "--a--",
                headers: { "content-type": "multipart/form-data; boundary=b" },
              }, 400],
              ["predict", { method: "POST", body: form(new Uint8Array(1), {}) }, 422],
              ["predict", {}, 405],
              ["health", { method: "POST", body: "" }, 405],
              ["../deno.json", {}, 404],
              ["page/page.html", {}, 404],
            ] as const
          ) {
            const response = await fetch(url + path, init);
            assertEquals(response.status, status, path);
            assertMatch((await response.json()).error, /^Cannot /);
          }
          const answered = await ask(url, good);
          assertEquals(answered.status, 200);
          await answered.body?.cancel();
        }),
    );

    await t.step(
      "requests of one moment share batches, and all are counted",
      () =>
        during({ batching: { most: 8, wait: 50 } }, async (url) => {
          const alone: Told[][] = [];
          for (const row of [0, 1, 2]) alone.push((await (await ask(url, question(row))).json()).labels);
          const before = await counted(url, "onesheet_batch_rows_count");
          assertEquals(before, 3);
          const many = await Promise.all(
            Array.from({ length: 24 }, async (_, i) => (await ask(url, question(i % 3))).json()),
          );
          assertEquals(await counted(url, "onesheet_batch_rows_sum"), 27);
          const batches = await counted(url, "onesheet_batch_rows_count") - before;
          assert(batches >= 3 && batches <= 12, `${batches} batches of 24 rows`);
          for (const [i, { labels }] of many.entries()) {
            const of = new Map(alone[i % 3].map(({ label, probability }) => [label, probability]));
            for (const { label, probability } of labels) {
              assertAlmostEquals(probability, of.get(label)!, 1e-5);
            }
          }
          assertEquals(await counted(url, 'onesheet_requests_total{path="/predict",status="200"}'), 27);
          assertEquals(await counted(url, "onesheet_prediction_seconds_count"), 27);
          assertEquals(await counted(url, "onesheet_predictions_under_way"), 0);
          await (await fetch(`${url}nothing-here`)).body?.cancel();
          assertEquals(await counted(url, 'onesheet_requests_total{path="other",status="404"}'), 1);
        }),
    );

    await t.step(
      "too many at a time are told to come again; one that does not arrive is given up",
      () =>
        during({ limits: { ...usualLimits, concurrency: 1, seconds: 1 } }, async (url) => {
          using connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(new URL(url).port) });
          const begun = "POST /predict HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n" +
            "connection: close\r\ncontent-length: 100\r\n\r\n{";
          await connection.write(new TextEncoder().encode(begun));
          while (await counted(url, "onesheet_predictions_under_way") === 0);
          const second = await ask(url, question(0));
          assertEquals([second.status, second.headers.get("retry-after")], [429, "1"]);
          assertMatch(
            (await second.json()).error,
            /^Cannot predict: expected at most 1 predictions under way/,
          );
          const bytes = new Uint8Array(4096);
          const late = new TextDecoder().decode(bytes.subarray(0, await connection.read(bytes) ?? 0));
          assertMatch(late, /^HTTP\/1\.1 408 /);
          assertMatch(late, /expected its body within 1 s/);
          const third = await ask(url, question(0));
          assertEquals(third.status, 200);
          await third.body?.cancel();
        }),
    );

    await t.step("a stop answers what is under way and takes nothing more", async () => {
      const { answer, url } = await during({ batching: { most: 16, wait: 300 } }, async (url) => {
        const answer = ask(url, question(1));
        while (await counted(url, "onesheet_predictions_under_way") === 0);
        return { answer, url };
      });
      const response = await answer;
      assertEquals(response.status, 200);
      assertEquals((await response.json()).labels.length, 8);
      assertEquals(await fetch(`${url}health`).then(() => "answered", () => "refused"), "refused");
    });

    await t.step(
      "the page is sent under a strict policy, the document names every path",
      () =>
        during({}, async (url) => {
          const page = await fetch(url);
          assertStringIncludes(page.headers.get("content-security-policy")!, "default-src 'none'");
          assertEquals(page.headers.get("x-content-type-options"), "nosniff");
          const html = await page.text();
          for (const [, path] of html.matchAll(/(?:src|href)="([^"]+)"/g)) {
            if (path === "data:,") continue;
            const file = await fetch(url + path);
            assertEquals(file.status, 200, path);
            await file.body?.cancel();
          }
          const document = await (await fetch(`${url}openapi.json`)).json();
          assertEquals(document.openapi, "3.1.0");
          assertEquals(Object.keys(document.paths), ["/predict", "/health", "/metrics", "/openapi.json"]);
          assertEquals(document.components.schemas.Label.properties.label.enum, predictor.labels);
          for (const path of ["health", "metrics", "openapi.json"]) {
            const got = await fetch(url + path);
            const [type] = got.headers.get("content-type")!.split(";");
            assertEquals(Object.keys(document.paths[`/${path}`].get.responses[200].content), [type]);
            await got.body?.cancel();
          }
        }),
    );
  });
});
