/** What a page must have for everyone to read it. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { encodeJpeg } from "../../src/data/drawn/jpeg.ts";
import { colours } from "../../src/report/chart.ts";
import { runPage, wholePage } from "../../src/report/page.ts";
import { html } from "../../src/report/html.ts";
import { differences, runsPage } from "../../src/report/runs_page.ts";
import { type Palette, palettes } from "../../src/report/style.ts";
import type { ReportedRun } from "../../src/report/run.ts";
import { made } from "./made.ts";

/** Of a colour such as #0d1117, relative (WCAG 2.2). */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

Deno.test("texts have a contrast of 4.5 or more, curves of 3, in light and in dark", () => {
  for (const { text, quiet, accent, back, panel } of Object.values(palettes) as Palette[]) {
    for (const behind of [back, panel]) {
      for (const colour of [text, quiet, accent]) {
        assert(contrast(colour, behind) >= 4.5, `${colour} on ${behind}`);
      }
    }
    for (const colour of colours) assert(contrast(colour, back) >= 3, `${colour} on ${back}`);
  }
});

/** Checks what holds for every page. */
function check(page: string): void {
  assertMatch(page, /^<!doctype html>\s*<html lang="en">/);
  assertEquals(page.match(/<h1/g)?.length, 1);
  assertEquals(page.match(/<main/g)?.length, 1);
  const levels = [...page.matchAll(/<h([1-6])/g)].map(([_, level]) => Number(level));
  levels.forEach((level, i) => assert(i === 0 ? level === 1 : level <= levels[i - 1] + 1, levels.join()));
  for (const [image] of page.matchAll(/<img [^>]*>/g)) assertMatch(image, /alt="[^"]+"/);
  for (const [svg] of page.matchAll(/<svg [^>]*>/g)) assertMatch(svg, /role="img" aria-label="[^"]{20,}"/);
  for (const [table] of page.matchAll(/<table[^>]*>[\s\S]*?<\/table>/g)) {
    assertMatch(table, /<caption>[^<]+<\/caption>/);
    assertMatch(table, /<thead>\s*<tr>(<th scope="col">[^<]+<\/th>)+<\/tr>/);
  }
  for (const [part] of page.matchAll(/<(div class="wide"|pre)[^>]*>/g)) {
    assertMatch(part, /tabindex="0"/);
    assertMatch(part, /role="region" aria-label="[^"]+"/);
  }
  // Nothing is fetched: the only addresses are the names of XML's vocabularies.
  assertEquals([...page.matchAll(/https?:[^"' ]*/g)].filter(([at]) => !at.includes("www.w3.org")), []);
  assert(!/<script|<link|src="(?!data:)/.test(page));
  assertStringIncludes(page, "default-src 'none'");
  assert(!/NaN|undefined|\[object/.test(page.replace(/data:[^"]*/g, "")));
}

Deno.test("the page of a run has every part, in words as well as in pictures", async () => {
  const picture = encodeJpeg({ width: 8, height: 8, data: new Uint8Array(192) }).toBase64();
  const run = made({ picture });
  const page = await runPage(run);
  check(page);
  for (
    const part of ["Curves", "Labels", "Labels together", "Validation rows", "Recipe", "Machine and times"]
  ) {
    assertStringIncludes(page, `<h2>${part}`);
  }
  for (
    const word of [
      "Loss by step",
      "best threshold",
      "a &lt;plot&gt; &amp; more",
      "drama 0.90",
      "--set epochs=2",
    ]
  ) {
    assertStringIncludes(page, word);
  }
  assertStringIncludes(page, `src="data:image/jpeg;base64,${picture}"`);
});

Deno.test("labels that go together or are mistaken are told, and only those", async () => {
  const page = await runPage(made());
  assertStringIncludes(page, "Most: war with drama 100 %; drama with war 50 %.</figcaption>");
  assertStringIncludes(page, "None off the diagonal.</figcaption>");
  assert(!page.includes(" 0 %"));
});

Deno.test("a run of an earlier version, and one without an epoch, have a page, too", async () => {
  check(await runPage(made({}, { outputs: [], examples: [], sessions: [], steps: [] })));
  const page = await runPage(made({}, { epochs: [], outputs: [], examples: [] }));
  check(page);
  assertStringIncludes(page, "No epoch has been evaluated yet");
});

Deno.test("several runs are compared: scores, curves, labels and what is different in their recipes", async () => {
  const [a, b] = [
    made(),
    made({}, { name: "second", recipe: { name: "tiny", loss: { name: "focal", gamma: 2 } } }),
  ];
  assertEquals(differences([a, b]), [["loss.gamma", "1", "2"]]);
  const page = await runsPage([a, b]);
  check(page);
  assertStringIncludes(page, `<th scope="row">loss.gamma</th><td>1</td><td>2</td>`);
  assertStringIncludes(page, "Macro-F1 by epoch; at the best epoch: first 0.5000, second 0.5000");
  assertStringIncludes(await runsPage([a, { ...a, name: "again" }]), "The recipes are the same");
});

Deno.test("a page with a script says so to the browser, and allows that alone", () => {
  const page = wholePage("a", html`<main></main>`, "poll();");
  assertStringIncludes(page, "script-src 'unsafe-inline'; connect-src 'self'");
  assertStringIncludes(page, "<script>poll();</script>");
});

Deno.test("the table of labels has the best first", async () => {
  const run = made(), last = run.epochs[1];
  const f1 = [0.2, 0.9, 0.5], labels = ["poor", "good", "fair"];
  const per_label = labels.map((label, i) => ({ ...last.per_label[0], label, f1: f1[i] }));
  const page = await runPage({ ...run, labels, epochs: [{ ...last, per_label }], outputs: [], examples: [] });
  const [table] = page.match(/<caption>Scores by label[^]*?<\/table>/)!;
  const named = [...table.matchAll(/<th scope="row">(\w+)/g)].map(([, label]) => label);
  assertEquals(named, ["good", "fair", "poor"]);
});

/** A run of so many labels, each of which a few of the rows have. */
function manyLabels(count: number): ReportedRun {
  const names = Array.from({ length: count }, (_, i) => i === 3 ? "__proto__" : `label ${i}`);
  const outputs = Array.from({ length: 60 }, (_, row) => ({
    row,
    labels: [row % 7, 7 + row, count - 1].filter((label) => label < count),
    probabilities: names.map((_, i) => (row * i) % 100 / 100),
  }));
  const support = names.map((_, i) => outputs.filter(({ labels }) => labels.includes(i)).length);
  const per_label = names.map((label, i) => ({
    ...{ label, precision: 0.5, recall: 0.5, f1: i / count, support: support[i], predicted: 3 },
  }));
  const base = made();
  const examples = base.examples.map((one) => ({ ...one, ...outputs[one.which === "best" ? 0 : 1] }));
  return {
    ...base,
    labels: names,
    outputs,
    examples,
    epochs: base.epochs.map((row) => ({ ...row, per_label })),
  };
}

Deno.test("a page of thousands of labels shows those of the most rows, says so, and is no larger for more of them", async () => {
  const sizes: number[] = [];
  for (const count of [500, 5000]) {
    const page = await runPage(manyLabels(count));
    check(page);
    sizes.push(page.length);
    const all = count.toLocaleString("en-US");
    assertStringIncludes(page, `The 200 of ${all} labels that the most rows have; metrics.jsonl has all.`);
    assertEquals(page.match(new RegExp(`The 40 of ${all} labels`, "g"))?.length, 2);
    assertStringIncludes(page, `<th scope="row">label ${count - 1}</th>`);
    assertStringIncludes(page, `<th scope="row">__proto__</th>`);
    assertStringIncludes(page, " more</p>");
    const both = await runsPage([manyLabels(count), { ...manyLabels(count), name: "second" }]);
    check(both);
    assertStringIncludes(
      both,
      `The 200 of ${all} labels that the most rows have; metrics.jsonl of each run has all.`,
    );
  }
  assert(sizes[1] < 1.05 * sizes[0] && sizes[1] < 6e6, sizes.join());
  assert(!(await runPage(made())).includes("labels that the most rows have"));
});

Deno.test("a clock that was set back gives no negative time", async () => {
  const [session] = made().sessions, back = { ...session, ended: "2025-12-31T23:00:00.000Z" };
  const times = async (sessions: ReportedRun["sessions"]) =>
    [...(await runPage(made({}, { sessions }))).matchAll(/2026-01-01 00:00:00<\/th><td>([^<]*)</g)].map((
      [, time],
    ) => time);
  assertEquals(await times([session, back, { ...back, seconds: 75 }]), ["5.0 s", "–", "1 min 15 s"]);
});
