/** The page in real Chromium: by keyboard, as a screen reader has it, light and dark, on a phone. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { film } from "../../src/data/drawn.ts";
import { browserPath, type Page, withPage } from "./browser.ts";
import { png } from "../data/parquet_files.ts";
import { standIn, whileServed, withRun } from "./served.ts";

interface AxNode {
  readonly role?: { readonly value: string };
  readonly name?: { readonly value: string };
  readonly ignored: boolean;
}

/** Roles and names as a screen reader is told them. */
async function accessible(page: Page): Promise<string[]> {
  const { nodes } = await page.send<{ nodes: AxNode[] }>("Accessibility.getFullAXTree");
  return nodes.filter(({ ignored }) => !ignored).map(({ role, name }) =>
    `${role?.value} ${name?.value ?? ""}`
  );
}

/** What axe-core finds against WCAG 2.1 A and AA: https://github.com/dequelabs/axe-core */
async function faults(page: Page): Promise<unknown> {
  await page.evaluate(`${axe}; undefined`);
  return await page.evaluate(
    `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] })
    .then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]))`,
  );
}
const axe = await Deno.readTextFile(new URL(import.meta.resolve("axe-core/axe.min.js")));

const scheme = (page: Page, value: "light" | "dark") =>
  page.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value }] });

Deno.test({
  name: browserPath === undefined
    ? "the page in Chromium (needs one: apt-get install chromium, or CHROMIUM=PATH)"
    : "the page in Chromium: by keyboard, with names and contrast for everyone, light and dark, on a phone",
  ignore: browserPath === undefined && !Deno.env.get("CI"),
  fn: () =>
    withRun(async ({ place, predictor, during }) => {
      const { poster, plot, format } = film(1, 0);
      const file = `${place.folder}/poster.${format}`;
      await Deno.writeFile(file, poster);
      await during({}, (url) =>
        withPage(url, async (page) => {
          await page.send("Emulation.setDeviceMetricsOverride", {
            ...{ width: 1100, height: 760, deviceScaleFactor: 1, mobile: false },
          });
          await scheme(page, "light");
          assertEquals(await faults(page), []);
          const tree = await accessible(page);
          for (const one of ["heading Poster and plot", "textbox Plot", "button Tell the labels"]) {
            assert(tree.includes(one), `${one} in ${tree.join("; ")}`);
          }
          assert(tree.some((each) => /^button Poster/.test(each)), tree.join("; "));

          const focused = () => page.evaluate<string>("document.activeElement.id");
          const order: string[] = [];
          for (let i = 0; i < 3; i++) {
            await page.press("Tab", 9);
            order.push(await focused());
          }
          assertEquals(order, ["poster", "plot", "ask"]);
          assertMatch(
            await page.evaluate("getComputedStyle(document.activeElement).outlineStyle"),
            /solid/,
            "focus is seen",
          );

          const { root } = await page.send<{ root: { nodeId: number } }>("DOM.getDocument");
          const { nodeId } = await page.send<{ nodeId: number }>("DOM.querySelector", {
            ...{ nodeId: root.nodeId, selector: "#poster" },
          });
          await page.send("DOM.setFileInputFiles", { nodeId, files: [file] });
          await page.evaluate(`document.getElementById("plot").focus()`);
          await page.send("Input.insertText", { text: plot });
          await page.press("Tab", 9);
          assertEquals(await focused(), "ask");
          await page.press("Enter", 13, "\r");
          await page.until(`!document.getElementById("result").hidden`);

          const rows = await page.evaluate<string[][]>(
            `Array.from(document.querySelectorAll("#rows tr"), (row) => Array.from(row.cells, (c) => c.textContent))`,
          );
          assertEquals(rows.map(([label]) => label).sort(), [...predictor.labels].sort());
          for (const [, ...cells] of rows) {
            assertEquals(cells.length, 3);
            for (const cell of cells) assertMatch(cell, /^\d{1,3}\.\d %$/);
          }
          const said = await page.evaluate<string>(`document.getElementById("status").textContent`);
          assert(said.includes(rows[0].slice(0, 2).join(" ")), said);
          const told = await accessible(page);
          assert(told.some((each) => each.startsWith("status")), "the answer is announced");
          assert(told.includes("columnheader Poster only") && told.includes(`rowheader ${rows[0][0]}`));
          assert(told.some((each) => each.startsWith("image The poster that was chosen")), told.join("; "));
          assertEquals(await faults(page), []);

          await scheme(page, "dark");
          await page.send("Emulation.setDeviceMetricsOverride", {
            ...{ width: 360, height: 740, deviceScaleFactor: 2, mobile: true },
          });
          assertEquals(await faults(page), []);
          assertEquals(
            await page.evaluate("document.documentElement.scrollWidth <= innerWidth"),
            true,
            "nothing is wider than a phone",
          );

          await Deno.writeTextFile(`${place.folder}/notes.txt`, "no picture");
          await page.send("DOM.setFileInputFiles", { nodeId, files: [`${place.folder}/notes.txt`] });
          await page.evaluate(`document.getElementById("ask").click()`);
          await page.until(`document.getElementById("error").textContent !== ""`);
          assertMatch(
            await page.evaluate(`document.getElementById("error").textContent`),
            /^Cannot decode this image: expected JPEG, PNG, GIF, WebP, TIFF or AVIF/,
          );
        }));
    }),
});

Deno.test({
  name: "the page of a run with 2,000 labels shows the most probable, and says how many more there are",
  ignore: browserPath === undefined && !Deno.env.get("CI"),
  fn: () =>
    whileServed(
      standIn(Array.from({ length: 2000 }, (_, i) => `label ${i}`)),
      {},
      (url) =>
        withPage(url, async (page) => {
          const picture = png(4, 6, [1, 2, 3]).toBase64();
          await page.evaluate(`{
          const files = new DataTransfer(), bytes = Uint8Array.from(atob("${picture}"), (c) => c.charCodeAt(0));
          files.items.add(new File([bytes], "a.png"));
          document.getElementById("poster").files = files.files;
          document.getElementById("ask").click();
        }`);
          await page.until(`!document.getElementById("result").hidden`);
          assertEquals(await page.evaluate(`document.querySelectorAll("#rows tr").length`), 100);
          assertEquals(
            await page.evaluate(`document.getElementById("more").textContent`),
            "1900 more labels have at most 71.2 %.",
          );
          assertMatch(
            await page.evaluate(`document.getElementById("status").textContent`),
            /label 1988 \S+ % and 655 more\.$/,
          );
          assertEquals(await faults(page), []);
        }),
    ),
});

Deno.test({
  name: "the page of a model that reads the plot alone asks for it alone",
  ignore: browserPath === undefined && !Deno.env.get("CI"),
  fn: () =>
    whileServed(standIn(["a", "b"], ["plot"]), {}, (url) =>
      withPage(url, async (page) => {
        const tree = await accessible(page);
        assert(tree.includes("heading Plot") && tree.includes("textbox Plot"), tree.join("; "));
        assert(!tree.some((each) => /poster/i.test(each)), tree.join("; "));
        await page.evaluate(`document.getElementById("ask").click()`);
        await page.until(`!document.getElementById("result").hidden`);
        assertEquals(
          await page.evaluate(`[...document.querySelectorAll("thead th")].map((one) => one.textContent)`),
          ["Label", "Probability"],
        );
        assertEquals(await page.evaluate(`document.querySelector("#rows td").textContent`), "75.0 %");
        assertEquals(await faults(page), []);
      })),
});
