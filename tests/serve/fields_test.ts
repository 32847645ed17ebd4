/** A model of one modality is asked for that one alone: by the document, the page and the server. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Field, FIELDS, fieldsOf } from "../../src/serve/fields.ts";
import { png } from "../data/parquet_files.ts";
import { standIn, whileServed } from "./served.ts";

Deno.test("fields are those whose inputs the model reads; both for inputs of other names", () => {
  assertEquals(fieldsOf(["image", "ids", "mask"]), FIELDS);
  assertEquals([fieldsOf(["image"]), fieldsOf(["ids", "mask"]), fieldsOf(["ids"])], [["poster"], ["plot"], [
    "plot",
  ]]);
  assertEquals([fieldsOf(["row"]), fieldsOf([])], [FIELDS, FIELDS]);
});

const poster = png(4, 6, [1, 2, 3]), values = { poster: poster.toBase64(), plot: "A film.", explain: true };

for (const fields of [["poster"], ["plot"]] as const satisfies readonly (readonly Field[])[]) {
  const [own] = fields, [other] = FIELDS.filter((field) => field !== own);
  Deno.test(`a server of a model that reads the ${own} alone asks for it alone`, async () => {
    await whileServed(standIn(["a", "b"], fields), {}, async (url) => {
      const text = await (await fetch(`${url}openapi.json`)).text(), document = JSON.parse(text);
      assert(!text.includes(other), `${other} in the document`);
      for (
        const { schema } of Object.values<{ schema: unknown }>(
          document.paths["/predict"].post.requestBody.content,
        )
      ) {
        const { required, properties } = schema as { required: string[]; properties: object };
        assertEquals([required, Object.keys(properties)], [[own], [own]]);
      }
      assertEquals(Object.keys(document.components.schemas.Label.properties), ["label", "probability"]);
      assertStringIncludes(await (await fetch(url)).text(), `data-fields="${own}"`);

      const ask = (names: readonly (keyof typeof values)[]) =>
        fetch(`${url}predict`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(Object.fromEntries(names.map((name) => [name, values[name]]))),
        });
      const form = new FormData();
      if (own === "poster") form.append("poster", new Blob([poster as BlobPart]));
      else form.append("plot", "A film.");
      for (
        const response of [await ask([own]), await fetch(`${url}predict`, { method: "POST", body: form })]
      ) {
        assertEquals(response.status, 200);
        assertEquals((await response.json()).labels, [{ label: "b", probability: 0.75 }, {
          label: "a",
          probability: 0,
        }]);
      }
      for (const [names, found] of [[[own, other], other], [[own, "explain"], "explain"]] as const) {
        const response = await ask(names);
        assertEquals([response.status, (await response.json()).error], [
          422,
          `Cannot predict: expected the fields ${own}, found "${found}"`,
        ]);
      }
      const nothing = await ask([]);
      assertEquals(nothing.status, 422);
      assertStringIncludes((await nothing.json()).error, `"${own}", found`);
    });
  });
}
