/** HTML as values: what is put into a template is escaped, unless it is HTML itself. */

/** A piece of a page. */
export interface Html {
  readonly html: string;
}

/** What a template takes. */
export type Insert = Html | string | number | readonly Insert[];

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const isList = (value: Insert): value is readonly Insert[] => Array.isArray(value);

function inserted(value: Insert): string {
  if (isList(value)) return value.map(inserted).join("");
  if (typeof value === "object") return (value as Html).html;
  return String(value).replace(/[&<>"']/g, (letter) => entities[letter]);
}

/** HTML that is known to be sound, such as a chart. */
export const raw = (html: string): Html => ({ html });

/**
 * A piece of a page.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { html } from "./html.ts";
 *
 * assertEquals(html`<p>${"a < b"}${[html`<br>`, 3]}</p>`.html, "<p>a &lt; b<br>3</p>");
 * ```
 */
export const html = (strings: TemplateStringsArray, ...values: readonly Insert[]): Html =>
  raw(strings.reduce((text, string, i) => text + inserted(values[i - 1]) + string));

/** A table with a caption; the first cell of each row names it, and numbers stand on the right. */
export function htmlTable(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): Html {
  const cells = rows.map(([first, ...rest]) =>
    html`<tr><th scope="row">${first}</th>${rest.map((cell) => html`<td>${cell}</td>`)}</tr>`
  );
  return html`
    <div class="wide" role="region" aria-label="${caption}" tabindex="0">
      <table style="--columns:${head.length}">
        <caption>${caption}</caption>
        <thead>
          <tr>${head.map((title) => html`<th scope="col">${title}</th>`)}</tr>
        </thead>
        <tbody>${cells}</tbody>
      </table>
    </div>
  `;
}
