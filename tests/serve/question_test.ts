/** The fields of a question as clients send them: understood, or refused by what was found. */
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Readable } from "node:stream";
import { deflateSync, gzipSync } from "node:zlib";
import { holding } from "../../src/serve/held.ts";
import { Refusal, usualLimits } from "../../src/serve/limits.ts";
import { type Question, readQuestion } from "../../src/serve/question.ts";
import { png } from "../data/parquet_files.ts";

const poster = png(4, 6, [1, 2, 3]), base64 = poster.toBase64();
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

async function asked(
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
  bytes = usualLimits.bytes,
): Promise<Question> {
  using share = holding(1e9)();
  const request = { method: "POST", target: "/predict", headers, body: Readable.from([body]) };
  return await readQuestion(request, { ...usualLimits, bytes }, share);
}

const json = (value: unknown, headers = {}) =>
  asked(utf8(typeof value === "string" ? value : JSON.stringify(value)), {
    "content-type": "application/json",
    ...headers,
  });

/** A part of a form: the rest of its disposition, further header lines, its content. */
type Part = readonly [disposition: string, headers: string, content: string | Uint8Array];

async function bodyOf(parts: readonly Part[]): Promise<Uint8Array> {
  const pieces = parts.flatMap(([disposition, headers, content]) => [
    `--b\r\nContent-Disposition: form-data; ${disposition}\r\n${headers && `${headers}\r\n`}\r\n`,
    content as BlobPart,
    "\r\n",
  ]);
  return await new Blob([...pieces, "--b--\r\n"]).bytes();
}

const form = async (...parts: Part[]) =>
  await asked(await bodyOf(parts), { "content-type": "multipart/form-data; boundary=b" });

const file: Part = ['name="poster"; filename="a.png"', "Content-Type: image/png", poster];
const plot: Part = ['name="plot"', "", "A ship."];
const right = { image: poster, text: "A ship.", explain: false };

const refused = async (question: Promise<Question>, status: number, sentence: RegExp) => {
  const error = await assertRejects(() => question, Refusal);
  assertEquals(error.status, status, error.message);
  assertMatch(error.message, sentence);
};

Deno.test("the ways in which clients write the same question are one question", async () => {
  for (
    const body of [
      { poster: base64, plot: "A ship." },
      { poster: base64, plot: "A ship.", explain: null },
      { poster: `data:image/png;base64,${base64}`, plot: "A ship.", explain: false },
      { poster: `data:image/png;charset=x;base64,${base64}`, plot: "A ship." },
      { poster: poster.toBase64({ alphabet: "base64url", omitPadding: true }), plot: "A ship." },
      { poster: `\n${base64.replace(/(.{20})/g, "$1\r\n")}`, plot: "A ship." },
      `\ufeff${JSON.stringify({ poster: base64, plot: "A ship." })}`,
    ]
  ) assertEquals(await json(body), right);
  assertEquals(
    await json({ poster: base64, plot: "A ship." }, { "content-type": 'application/json; charset="UTF-8"' }),
    right,
  );
  for (
    const parts of [
      [file, plot],
      [plot, file],
      [["name=poster; filename*=UTF-8''a%20b.png", "Content-Type: image/png", poster], plot],
      [['name="poster"', "", poster], plot],
      [['name="poster"', "", `data:image/png;base64,${base64}`], plot],
      [file, ['name="plot"; filename="plot.txt"', "Content-Type: text/plain", "A ship."]],
      [file, ['name="plot"; filename="blob"', "Content-Type: application/octet-stream", "A ship."]],
    ] satisfies Part[][]
  ) assertEquals(await form(...parts), right);
});

Deno.test("truth values are those of HTML, JavaScript and Python; another is refused by its name", async () => {
  const explained = async (word: string) => (await form(file, plot, ['name="explain"', "", word])).explain;
  for (const word of ["true", "True", "TRUE", "on", "1", "yes"]) {
    assertEquals(await explained(word), true, word);
  }
  for (const word of ["false", "False", "off", "0", "no", ""]) {
    assertEquals(await explained(word), false, word);
  }
  await refused(
    form(file, plot, ['name="explain"', "", "maybe"]),
    422,
    /expected true or false as "explain", found "maybe"$/,
  );
  for (const found of ["yes", 1, [], "true"]) {
    await refused(
      json({ poster: base64, plot: "", explain: found }),
      422,
      /expected true or false as "explain", found /,
    );
  }
});

Deno.test("a text has the character set that its part names, and bytes of another are refused", async () => {
  const said = (headers: string, content: Uint8Array) => form(file, ['name="plot"', headers, content]);
  const latin = Uint8Array.of(0x43, 0x61, 0x66, 0xe9);
  assertEquals((await said("Content-Type: text/plain; charset=iso-8859-1", latin)).text, "Café");
  assertEquals(
    (await said('Content-Type: text/plain; charset="UTF-8"', utf8("Café 映画"))).text,
    "Café 映画",
  );
  assertEquals(
    (await said("Content-Type: text/plain; charset=utf-16le", Uint8Array.of(0x20, 0x66))).text,
    "映",
  );
  await refused(
    said("", latin),
    422,
    /expected a text as "plot", found bytes that are no utf-8; name their character set/,
  );
  await refused(
    said("Content-Type: text/plain; charset=klingon", latin),
    422,
    /found the unknown character set "klingon"$/,
  );
  await refused(
    asked(Uint8Array.of(0x22, 0xe9, 0x22), { "content-type": "application/json" }),
    400,
    /expected UTF-8/,
  );
  await refused(
    json("{}", { "content-type": "application/json; charset=utf-16" }),
    415,
    /in UTF-8 or multipart.*utf-16/,
  );
});

Deno.test("what is missing, unknown, twice or of another kind is refused by what was found", async () => {
  await refused(json({ plot: "" }), 422, /expected a text as "poster", found nothing$/);
  await refused(json({ poster: null, plot: "" }), 422, /expected a text as "poster", found null$/);
  await refused(json({ poster: base64, plot: null }), 422, /expected a text as "plot", found null$/);
  await refused(json({ poster: base64, plot: ["a"] }), 422, /expected a text as "plot", found \["a"\]$/);
  await refused(
    json({ poster: base64, plot: "", image: 1 }),
    422,
    /expected the fields poster, plot, explain, found "image"$/,
  );
  await refused(
    json({ poster: base64, plot: "", ["__proto__"]: 1 }),
    422,
    /found "__proto__"$/,
  );
  await refused(json("null"), 422, /expected \{…\}, found null$/);
  await refused(
    json({ poster: "http://a.example/b.jpg", plot: "" }),
    422,
    /Base64 as "poster", found "http:\/\/a/,
  );
  await refused(form(plot), 422, /expected a file as "poster", found no such field$/);
  await refused(form(file), 422, /expected a text as "plot", found no such field$/);
  await refused(form(file, plot, ['name="Plot"', "", ""]), 422, /found "Plot"$/);
  await refused(form(file, plot, plot), 400, /found the field "plot" twice$/);
  await refused(form(file, plot, ["filename=a", "", ""]), 400, /found a part without a name$/);
  await refused(
    form(['name="poster"', "", "a picture"], plot),
    415,
    /^Cannot decode this image: expected JPEG/,
  );
  await refused(form(['name="poster"; filename=""', "", ""], plot), 415, /^Cannot decode this image/);
  const many = Array.from({ length: 40 }, (_, i): Part => [`name="f${i}"`, "", ""]);
  await refused(form(...many), 400, /found more than 16 parts$/);
  const type = { "content-type": "multipart/form-data" };
  await refused(asked(await bodyOf([file, plot]), type), 400, /found no boundary in its content type$/);
  const other = { "content-type": "multipart/form-data; boundary=c" };
  await refused(asked(await bodyOf([file, plot]), other), 400, /found a broken body$/);
  const cut = (await bodyOf([file, plot])).slice(0, -6);
  await refused(
    asked(cut, { "content-type": "multipart/form-data; boundary=b" }),
    400,
    /found a broken body$/,
  );
  await refused(
    asked(utf8("a=b"), { "content-type": "application/x-www-form-urlencoded" }),
    415,
    /found "application\/x-www/,
  );
  await refused(asked(utf8("a"), {}), 415, /found no content type$/);
});

Deno.test("a packed body is unpacked within the limit; a packing that is not known is refused by its name", async () => {
  const body = utf8(JSON.stringify({ poster: base64, plot: "A ship." })),
    type = { "content-type": "application/json" };
  for (const encoding of ["gzip", "GZIP", "x-gzip"]) {
    assertEquals(await asked(gzipSync(body), { ...type, "content-encoding": encoding }), right);
  }
  assertEquals(await asked(deflateSync(body), { ...type, "content-encoding": "deflate" }), right);
  assertEquals(await asked(body, { ...type, "content-encoding": "identity" }), right);
  const bomb = gzipSync(new Uint8Array(2 ** 24));
  await refused(
    asked(bomb, { ...type, "content-encoding": "gzip" }, 100_000),
    413,
    /at most 100000 bytes, found more/,
  );
  await refused(
    asked(body, { ...type, "content-encoding": "gzip" }),
    400,
    /expected a body packed by gzip, found other bytes$/,
  );
  await refused(
    asked(gzipSync(body).subarray(0, 40), { ...type, "content-encoding": "gzip" }),
    400,
    /packed by gzip/,
  );
  for (const encoding of ["br", "zstd", "gzip, gzip", "constructor"]) {
    await refused(
      asked(body, { ...type, "content-encoding": encoding }),
      415,
      new RegExp(`found "${encoding}"$`),
    );
  }
});
