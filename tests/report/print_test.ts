/** Reports on paper, in real Chromium: nothing is closed, nothing is wider than the sheet, dark on light. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { runPage } from "../../src/report/page.ts";
import { runsPage } from "../../src/report/runs_page.ts";
import { palettes } from "../../src/report/style.ts";
import { browserPath, type Page, withPage } from "../serve/browser.ts";
import { made } from "./made.ts";

/** Between the margins of A4, in CSS pixels: 210 - 2 * 12 millimetres. */
const WIDTH = Math.floor((210 - 24) * 96 / 25.4);

const LONG =
  "a label with a name that goes on and on, and-one-word-of-it-has-no-place-to-break-in-at-all, 映画の種類";

/** Runs with long names, many settings and a long device. */
function wide(count: number) {
  return Array.from({ length: count }, (_, i) => {
    const run = made({ text: LONG.repeat(4) });
    const named = run.epochs.map((row) => ({
      ...row,
      per_label: row.per_label.map((each, at) => at === 0 ? { ...each, label: LONG } : each),
    }));
    const settings = { name: "wide", data: { file: "x".repeat(400) }, loss: { name: "focal", gamma: i } };
    const sessions = run.sessions.map((each) => ({ ...each, device: LONG, processor: LONG }));
    return {
      ...run,
      name: `run-${i}-of-a-long-name`,
      recipe: settings,
      labels: [LONG, "war"],
      epochs: named,
      sessions,
    };
  });
}

/** Elements that reach beyond the sheet, and details whose content takes no place, as words. */
const faults = `Array.from(document.querySelectorAll("body *")).flatMap((element) => {
  const { left, right } = element.getBoundingClientRect(), name = element.tagName + "." + element.className;
  return right > innerWidth + 1 || left < -1 ? [name + " to " + right] : [];
}).concat(Array.from(document.querySelectorAll("details > :not(summary)")).flatMap((inside) =>
  inside.checkVisibility({ contentVisibilityAuto: true }) && inside.getBoundingClientRect().height > 0 ? [] : ["closed: " + inside.textContent.slice(0, 40)]))`;

async function printed(page: string, look: (page: Page) => Promise<void>): Promise<void> {
  const file = await Deno.makeTempFile({ suffix: ".html" });
  try {
    await Deno.writeTextFile(file, page);
    await withPage(`file://${file}`, async (page) => {
      await page.send("Emulation.setDeviceMetricsOverride", {
        ...{ width: WIDTH, height: 1000, deviceScaleFactor: 1, mobile: false },
      });
      const dark = [{ name: "prefers-color-scheme", value: "dark" }];
      await page.send("Emulation.setEmulatedMedia", { media: "print", features: dark });
      await look(page);
    });
  } finally {
    await Deno.remove(file);
  }
}

Deno.test({
  name: browserPath === undefined
    ? "reports on paper (needs Chromium: apt-get install chromium, or CHROMIUM=PATH)"
    : "a printed report has its details open, its tables inside the sheet, and is dark on light",
  ignore: browserPath === undefined && !Deno.env.get("CI"),
  fn: async () => {
    for (const page of [await runPage(wide(1)[0]), await runsPage(wide(2)), await runsPage(wide(12))]) {
      await printed(page, async (page) => {
        assertEquals(await page.evaluate(faults), []);
        const colour = await page.evaluate<string>("getComputedStyle(document.body).color");
        const [r, g, b] = [1, 3, 5].map((at) => parseInt(palettes.light.text.slice(at, at + 2), 16));
        assertEquals(colour, `rgb(${r}, ${g}, ${b})`);
        const { data } = await page.send<{ data: string }>("Page.printToPDF", {
          paperWidth: 8.27,
          paperHeight: 11.69,
        });
        assertMatch(atob(data).slice(0, 8), /^%PDF-1/);
      });
    }
    assert((await runPage(made())).includes("<details><summary>"), "on the screen they are closed");
  },
});
