/** That every detail holds, that docs/FIDELITY.md says so, and that goldens which are wrong by a little are noticed. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { chooseEngine } from "../../src/engine/choose.ts";
import { portable } from "../../src/engine/portable.ts";
import { holds } from "./check.ts";
import { committed } from "./films.ts";
import { fidelity, page } from "./main.ts";
import { drift, written } from "./page.ts";
import { bit, type Change, numberAfter, tensor, withChanged } from "./perturbed.ts";
import { areas, measure, type Section } from "./report.ts";

const engine = async () => (await chooseEngine("auto")).engine;
let measured: Promise<Section[]> | undefined;
const all = () => measured ??= measure({ goldens: committed, engine });

Deno.test("every detail of the notebook lies within its limit", async () => {
  const checks = (await all()).flatMap((section) => section.checks);
  assertEquals(checks.filter((check) => !holds(check)), []);
  assert(checks.length >= 60);
});

Deno.test("docs/FIDELITY.md has the details, limits and figures that the checks have", async () => {
  assertEquals(drift(await Deno.readTextFile(page), await all()), []);
});

Deno.test("a page that lacks a detail, has one too many or mistakes a figure is noticed", async () => {
  const text = await Deno.readTextFile(page);
  const [first, ...rest] = await all();
  const [check, ...others] = first.checks;
  const area = (checks: Section["checks"]): Section[] => [{ area: first.area, checks }, ...rest];
  assertEquals(drift(written(text, area([check, ...others])), await all()), []);
  assertEquals(drift(written(text, area(others)), await all()), [
    `the page lacks or mistakes "${check.detail}"`,
  ]);
  assertEquals(drift(text, area(others)), ["the page has 1 rows more than there are checks"]);
  for (const other of [{ difference: 1 }, { limit: 7 }, { unit: "sheep" }, { needs: "--full DIR" }]) {
    const changed = written(text, area([{ ...check, ...other }, ...others]));
    assertEquals(drift(changed, await all()), [`the page lacks or mistakes "${check.detail}"`]);
  }
});

const up = (x: number) => x + 1;

const words = "text_backbone.embeddings.word_embeddings.weight";

/** What is changed, and which measurement notices it, by which detail. */
const changes: readonly (readonly [where: string, file: string, change: Change, noticed: RegExp])[] = [
  ["data/split", "split/split.json", numberAfter('"crc32": ', up), /^`numpy\.random/],
  ["data/split", "split/split.json", numberAfter('"any": [', up), /^split: /],
  ["data/films", "data/expected.json", numberAfter('"row": ', up), /^rows of a data set/],
  ["data/films", "data/expected.json", numberAfter('"target": [', (x) => 1 - x), /^genres split/],
  ["text/kept", "tokens/tokens.json", numberAfter('["The movie.", [2, ', up), /kept in full/],
  ["text/plots", "data/expected.json", numberAfter('"ids": [2, ', up), /^plots of a data set/],
  ["pixels/decoded", "pixels/images/palette.gif", bit(13), /^posters of any mode/],
  ["pixels/changed", "pixels/transforms.bin", bit(-1), /^horizontal flip/],
  ["pixels/normalized", "pixels/normalize.json", numberAfter("[", (x) => x + 1e-6), /^\[0, 1\]/],
  ["pixels/pictures", "data/expected.json", numberAfter('"picture": ', up), /^validation pictures/],
  [
    "pixels/pictures",
    "data/expected.json",
    numberAfter("[2, 0, 1, 3], ", (x) => x / 2),
    /^training pictures/,
  ],
  ["pixels/drawn", "pixels/draws.json", numberAfter('"below": [', (x) => x + 0.02), /^random windows/],
  ["model/names", "mini/names.json", numberAfter('"classifier_ffn.w1_gate.bias", [', up), /^state_dict/],
  ["model/layers", "layers/swiglu.safetensors", tensor("output", 1e-4), /^ResNet bottlenecks/],
  ["model/logits", "mini/golden.json", numberAfter('"eval_logits": [', (x) => x + 1e-5), /in evaluation/],
  ["model/embeddings", "bert/golden.json", numberAfter('"mean": [[', (x) => x + 1e-4), /^a BERT file/],
  [
    "chance/initialization",
    "chance/init.json",
    numberAfter('"square": ', (x) => x * 1.02),
    /^initialisation/,
  ],
  ["step/compared", "mini/golden.json", numberAfter('"losses": [', (x) => x + 1e-5), /^focal loss/],
  ["step/optimizer", "layers/adamw.safetensors", tensor("after", 1e-3), /^AdamW with decoupled/],
  ["step/moves", "steps/steps.safetensors", tensor("validation", 1e-4), /^validation uses/],
  ["step/moves", "steps/steps.safetensors", tensor(`after/2/${words}`, 1e-4), /^the \[PAD\]/],
  ["step/moves", "steps/steps.safetensors", tensor("after/2/self_attention.in_proj_bias", 1e-4), /^queries/],
  [
    "step/moves",
    "steps/steps.safetensors",
    tensor("after/1/image_backbone.bn1.running_mean", 1e-3),
    /^frozen/,
  ],
  ["decisions/scored", "metrics/scores.json", numberAfter('"macroF1": ', (x) => x + 1e-6), /^prediction/],
  ["decisions/plateau", "metrics/plateau.json", numberAfter('"rates": [', (x) => x * 1.01), /^ReduceLROn/],
  ["checkpoints/exchanged", "mini/golden.json", numberAfter('"eval_logits": [', up), /PyTorch saved/],
  ["checkpoints/exchanged", "mini/weights.safetensors", tensor("classifier_ffn.w1_gate.bias", 1), /only one/],
];

Deno.test("goldens that are wrong by a little are noticed, each by its detail", async (test) => {
  for (const [where, file, change, noticed] of changes) {
    const [area, name] = where.split("/");
    await test.step(`${file}: ${noticed.source}`, async () => {
      await withChanged(file, change, async (goldens) => {
        const checks = await areas[area].find((each) => each.name === name)!({ goldens, engine: portable });
        const missed = checks.filter((check) => !holds(check)).map(({ detail }) => detail);
        assert(missed.some((detail) => noticed.test(detail)), `missed: ${missed.join("; ") || "nothing"}`);
      });
    });
  }
});

Deno.test("the command's exit code says whether every detail holds", async () => {
  assertEquals(await fidelity(["decisions", "--json"]), 0);
  await withChanged("metrics/plateau.json", numberAfter('"rates": [', up), async (goldens) => {
    assertEquals(await fidelity(["decisions", "--json"], goldens), 1);
  });
  await assertRejects(
    () => fidelity(["decision"]),
    OnesheetError,
    'Cannot check "decision": expected one of data, text, pixels, model, chance, step, decisions, checkpoints, differences',
  );
});
