/** Templates of pages. */
import { assertEquals } from "@std/assert";
import { html } from "../../src/report/html.ts";

Deno.test("a text cannot leave the attribute or the element that it stands in", () => {
  const name = `"><b onclick='x()'>&amp;`;
  assertEquals(
    html`<i title="${name}">${name}</i>`.html,
    '<i title="&quot;&gt;&lt;b onclick=&#39;x()&#39;&gt;&amp;amp;">' +
      "&quot;&gt;&lt;b onclick=&#39;x()&#39;&gt;&amp;amp;</i>",
  );
});
