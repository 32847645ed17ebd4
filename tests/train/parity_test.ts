/** The model against PyTorch's numbers, and that the comparison notices what differs. */
import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import type { Value } from "../../src/base/value.ts";
import { sized } from "../../src/cli/parity.ts";
import { portable } from "../../src/engine/portable.ts";
import { openSafetensors } from "../../src/store/safetensors.ts";
import { writeSafetensors } from "../../src/store/write.ts";
import { type Check, type Golden, type Limits, parity, passes, readGolden } from "../../src/train/parity.ts";
import { eachEngine } from "../engine/each.ts";

const goldens = fileURLToPath(new URL("../golden/mini", import.meta.url));
const { recipe, limits } = sized("tiny");

eachEngine("the model evaluates, learns and moves its buffers as PyTorch's does", async (engine) => {
  const checks = await parity(engine, recipe, goldens, limits);
  assertEquals(checks.map(({ what, limit }) => [what, limit]), [
    ["evaluation logits", limits.evaluation],
    ["training logits", limits.training],
    ["gradient norms (relative)", limits.gradient],
    ["losses", limits.loss],
    ["weights and buffers after the steps (relative)", limits.way],
    ["weights whose gradient is zero", 1e-3],
  ]);
  assertEquals(checks.filter(({ difference, limit }) => !(difference <= limit)), []);
  assert(passes(checks));
});

eachEngine("a recipe that keeps averages is compared by its weights before they begin", async (engine) => {
  const checks = await parity(engine, { ...recipe, average: { decay: 0.9 } }, goldens, limits);
  assert(passes(checks));
});

/** A copy of the goldens, changed; deleted after `use`. */
async function withGoldens(
  change: (folder: string) => Promise<void>,
  use: (folder: string) => Promise<void>,
) {
  const folder = await Deno.makeTempDir();
  try {
    for (const name of ["weights.safetensors", "batch.safetensors", "after.safetensors", "golden.json"]) {
      await Deno.copyFile(`${goldens}/${name}`, `${folder}/${name}`);
    }
    await change(folder);
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Changes the first number of an array in one of the files. */
const firstOf = (file: string, name: string, change: (x: number) => number) => async (folder: string) => {
  const path = `${folder}/${file}.safetensors`;
  const values = new Map<string, Value>();
  {
    using opened = await openSafetensors(path);
    for (const key of opened.entries.keys()) values.set(key, await opened.read(key));
  }
  const { data } = values.get(name)!;
  data[0] = change(data[0]);
  const plans = Array.from(values, ([name, { shape, dtype }]) => ({
    name,
    shape,
    dtype: dtype === "float32" ? "F32" as const : "I64" as const,
  }));
  await writeSafetensors(path, plans, (key) => Promise.resolve(values.get(key)!));
};

const inGolden = (change: (golden: Golden) => Partial<Golden>) => async (folder: string) => {
  const golden = await readGolden(folder);
  await Deno.writeTextFile(`${folder}/golden.json`, JSON.stringify({ ...golden, ...change(golden) }));
};

const missed = (checks: readonly Check[]) =>
  checks.filter(({ difference, limit }) => !(difference <= limit)).map(({ what }) => what);

const norms = (golden: Golden, name: string, change: (x: number) => number) => ({
  gradient_norms: { ...golden.gradient_norms, [name]: change(golden.gradient_norms[name] ?? 1) },
});

const changes: Readonly<Record<string, readonly [change: (folder: string) => Promise<void>, what: string]>> =
  {
    "a weight of the image tower": [
      firstOf("weights", "image_backbone.layer2.0.conv2.weight", (x) => x + 0.01),
      "evaluation logits",
    ],
    "a weight of the text tower": [
      firstOf("weights", "text_backbone.encoder.layer.0.attention.self.query.weight", (x) => x + 0.01),
      "training logits",
    ],
    "a running variance": [
      firstOf("weights", "image_backbone.layer3.0.bn2.running_var", (x) => x * 1.01),
      "evaluation logits",
    ],
    "an input": [firstOf("batch", "image", (x) => x + 0.01), "training logits"],
    "a label": [firstOf("batch", "labels", (x) => 1 - x), "losses"],
    "a loss": [
      inGolden(({ losses }) => ({ losses: losses.with(3, losses[3] + 1e-5) })),
      "losses",
    ],
    "a gradient's norm": [
      inGolden((golden) => norms(golden, "self_attention.in_proj_weight", (x) => x * 1.001)),
      "gradient norms (relative)",
    ],
    "a parameter that should learn and does not": [
      inGolden((golden) => norms(golden, "image_backbone.conv1.weight", (x) => x)),
      "gradient norms (relative)",
    ],
    "a weight after the steps": [
      firstOf("after", "classifier_ffn.w2_output.bias", (x) => x + 1e-4),
      "weights and buffers after the steps (relative)",
    ],
    "a count of batches after the steps": [
      firstOf("after", "image_backbone.bn1.num_batches_tracked", (x) => x + 1),
      "weights and buffers after the steps (relative)",
    ],
  };

for (const [what, [change, noticed]] of Object.entries(changes)) {
  Deno.test(`${what} that differs is noticed`, async () => {
    await withGoldens(change, async (folder) => {
      const checks = await parity(await portable(), recipe, folder, limits);
      assert(missed(checks).includes(noticed), `noticed: ${missed(checks)}`);
      assert(!passes(checks));
    });
  });
}

Deno.test("a difference is told with its place", async () => {
  await withGoldens(changes["a loss"][0], async (folder) => {
    const checks = await parity(await portable(), recipe, folder, limits);
    assertEquals(missed(checks), ["losses"]);
    assertEquals(checks.find(({ what }) => what === "losses")!.at, "step 4");
  });
});

Deno.test("every limit counts", async () => {
  const places: Readonly<Record<keyof Limits, string>> = {
    evaluation: "evaluation logits",
    training: "training logits",
    gradient: "gradient norms (relative)",
    loss: "losses",
    way: "weights and buffers after the steps (relative)",
  };
  for (const [name, what] of Object.entries(places)) {
    const checks = await parity(await portable(), recipe, goldens, { ...limits, [name]: 1e-12 });
    assertEquals(missed(checks), [what]);
  }
});

Deno.test("another optimizer, loss or smoothing is noticed", async () => {
  const others = [
    { optimizer: recipe.optimizer.with({ weightDecay: 1 }) },
    { loss: recipe.loss.with({ gamma: 1.9 }) },
    { labelSmoothing: 0.09 },
    { freeze: recipe.freeze.slice(0, -1) },
  ];
  for (const other of others) {
    const checks = await parity(await portable(), { ...recipe, ...other }, goldens, limits);
    assert(!passes(checks), JSON.stringify(other));
  }
});

Deno.test("a folder without goldens and a size that is not known are errors", async () => {
  await assertRejects(
    () => readGolden("nowhere"),
    OnesheetError,
    'Cannot read "nowhere/golden.json": expected the golden numbers that the reference wrote',
  );
  assertThrows(
    () => sized("huge"),
    OnesheetError,
    'Cannot compare with goldens of size "huge": expected tiny, mini, full',
  );
});

Deno.test("the command's exit code says whether everything lies within its limit", async () => {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const code = async (folder: string) => {
    const args = ["run", "-A", "src/cli/main.ts", "parity", folder, "--engine", "portable", "--json"];
    const command = new Deno.Command(Deno.execPath(), { args, cwd: root, stdout: "piped", stderr: "piped" });
    const { code, stdout } = await command.output();
    return [code, passes(JSON.parse(new TextDecoder().decode(stdout)))];
  };
  assertEquals(await code(goldens), [0, true]);
  await withGoldens(changes["a loss"][0], async (folder) => assertEquals(await code(folder), [1, false]));
});
