import { assertArrayIncludes, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { planJson, planText } from "../../src/cli/plan.ts";
import { applySettings, listSettings } from "../../src/cli/settings.ts";
import mmimdbRecipe from "../../recipes/mmimdb.ts";
import gatEfficientNet from "../../recipes/gat_efficientnet.ts";
import { writeCsvFilms } from "../data/csv_films.ts";
import { tiny } from "../train/tiny.ts";
import { inProject, quickstart, withPlace } from "./command_line.ts";

Deno.test("the plan of the published recipe has its parameters and names, and writes nothing", async () => {
  await withPlace(async ({ done, folder }) => {
    const { stdout, stderr } = await done(["train", inProject("recipes/mmimdb.ts"), "--plan", "--json"]);
    const { recipe, parameters, modules, stateDict, settings } = JSON.parse(stdout);
    assertEquals([recipe, parameters, stateDict], [
      "mmimdb",
      { total: 173_575_512, trainable: 94_153_496 },
      { names: 551, arrays: 545 },
    ]);
    assertEquals(
      modules.map((module: { name: string; parameters: number; trainable: number }) => Object.values(module)),
      [
        ["image_backbone", 23_508_032, 14_964_736],
        ["image_projection", 25_175_722, 25_175_722],
        ["text_backbone", 109_482_240, 38_603_520],
        ["text_projection", 4_198_912, 4_198_912],
        ["self_attention", 4_198_400, 4_198_400],
        ["norm_after_attn", 2_048, 2_048],
        ["classifier_output_layer", 15_386, 15_386],
        ["classifier_ffn", 6_994_772, 6_994_772],
      ],
    );
    const sum = (field: string) => modules.reduce((n: number, m: Record<string, number>) => n + m[field], 0);
    assertEquals([sum("parameters"), sum("trainable")], [173_575_512, 94_153_496]);
    assertEquals([settings.batchSize, settings.loss], [16, { name: "focal", alpha: 0.25, gamma: 2 }]);
    assertEquals(stderr, "");
    assertEquals([...Deno.readDirSync(folder)], []);
  });
});

Deno.test("the plan for a person has inputs, modules and totals", async () => {
  await withPlace(async ({ done, folder }) => {
    const { stdout } = await done(["train", inProject("recipes/mmimdb.ts"), "--plan"]);
    const inputs = "image [batch, 224, 224, 3], ids [batch, 128], mask [batch, 128]";
    assertStringIncludes(stdout, `mmimdb: ${inputs} -> logits [batch, 26]\n`);
    assertStringIncludes(
      stdout,
      "\ntotal                                            173,575,512  94,153,496\n",
    );
    assertStringIncludes(
      stdout,
      "\nimage_backbone.layer4     [batch, 7, 7, 2048]     14,964,736  14,964,736\n",
    );
    assertStringIncludes(stdout, "\n551 names in the state_dict, 545 arrays\n");
    assertEquals([...Deno.readDirSync(folder)], []);
  });
});

Deno.test("settings, epochs and seed show in the plan; what has a name of its own wins over --set", async () => {
  await withPlace(async ({ done }) => {
    const changes = ["--set", "epochs=7", "--epochs", "9", "--set", "loss.alpha=0.75", "--seed", "3"];
    const { stdout } = await done(["train", quickstart, "--plan", "--json", ...changes]);
    const { settings } = JSON.parse(stdout);
    assertEquals([settings.epochs, settings.seed, settings.loss.alpha], [9, 3, 0.75]);
  });
});

Deno.test("a plan of a recipe that leaves out its labels opens its data for them, or asks for their number", async () => {
  await withPlace(async ({ done, say, folder }) => {
    await writeCsvFilms(`${folder}/films`, 24);
    const source = (mod: string, data: string) =>
      `import { linear, meanPool, constant, csvFolder, mmimdb, recipe } from "${mod}";
       export default recipe({ name: "own", data: ${data}, epochs: 1, learningRate: constant({ rate: 1 }),
         model: ({ image }, at, { numLabels }) => linear(numLabels)(meanPool()(image, at("pool")), at("head")) });`;
    const columns = `image: "poster", text: "plot", labels: "genres", separator: "|", pixels: 8, tokens: 8`;
    const mod = inProject("mod.ts");
    await Deno.writeTextFile(
      `${folder}/csv.ts`,
      source(mod, `csvFolder({ file: "films/films.csv", ${columns} })`),
    );
    await Deno.writeTextFile(`${folder}/hub.ts`, source(mod, "mmimdb({ pixels: 8, tokens: 8 })"));

    const logits = async (...args: string[]) =>
      JSON.parse((await done(["train", ...args, "--plan", "--json"])).stdout).graph.boxes.at(-1).output;
    assertEquals(await logits("csv.ts", "--set", `data.file=${folder}/films/films.csv`), ["batch", 8]);
    assertEquals(await logits("hub.ts", "--set", "labels=5"), ["batch", 5]);

    const { code, stderr } = await say(["train", "hub.ts", "--plan"]);
    assertEquals(code, 2);
    assertMatch(
      stderr,
      /^Cannot plan "own": the recipe leaves the number of labels to the data, and that cannot be opened \(Cannot .*\); use --data DIR or --set labels=N\n$/,
    );
  });
});

Deno.test("a plan counts what learns and what does not", () => {
  const frozen = tiny({ freeze: [{ freeze: "conv" }] });
  assertEquals(planJson(frozen).parameters, { total: 259, trainable: 43 });
  assertEquals(planJson(frozen).modules, [
    { name: "conv", parameters: 216, trainable: 0 },
    { name: "norm", parameters: 16, trainable: 16 },
    { name: "head", parameters: 27, trainable: 27 },
  ]);
  assertEquals(
    planText(frozen).split("  name=tiny")[0],
    `tiny: image [batch, 4, 4, 3] -> logits [batch, 3]

module   output            parameters  trainable
────────────────────────────────────────────────
conv     [batch, 4, 4, 8]         216          0
norm     [batch, 4, 4, 8]          16         16
pool     [batch, 8]                 0          0
dropout  [batch, 8]                 0          0
head     [batch, 3]                27         27
────────────────────────────────────────────────
total                             259         43
8 names in the state_dict, 8 arrays

settings, as --set takes them
`,
  );
});

Deno.test("the plan is drawn where --svg says; the program's form has the same boxes", async () => {
  await withPlace(async ({ done, say, folder }) => {
    const { stdout } = await done(["train", quickstart, "--plan", "--json", "--svg", "plan.svg"]);
    const { graph } = JSON.parse(stdout);
    const svg = await Deno.readTextFile(`${folder}/plan.svg`);
    assertEquals(svg.match(/<rect/g)?.length, graph.boxes.length);
    assertEquals(svg.match(/marker-end/g)?.length, graph.edges.length);
    const refused = await say(["train", quickstart, "--svg", "plan.svg"]);
    assertEquals([refused.code, refused.stderr], [2, "Cannot use --svg without --plan\n"]);
  });
});

Deno.test("the settings of a plan are those that --set takes: given back, they change nothing", () => {
  const settings = listSettings(mmimdbRecipe);
  for (
    const some of [
      "batchSize=16",
      "loss=focal",
      "loss.gamma=2",
      "data.augment.colorJitter.hue=0.15",
      "seed=42",
    ]
  ) {
    assertArrayIncludes(settings, [some]);
  }
  const plain = settings.filter((setting) => !/^(weights|freeze)=/.test(setting));
  assertEquals(listSettings(applySettings(mmimdbRecipe, plain)), settings);
});

Deno.test("a plan on a graph tells the tower's parameters beside the model's", () => {
  assertEquals(planJson(gatEfficientNet).parameters, { total: 416_182, trainable: 416_182 });
  assertEquals(planJson(gatEfficientNet).nodes, { total: 19_341_616, trainable: 0 });
  assertStringIncludes(
    planText(gatEfficientNet),
    "edges [2, edges], nodes [nodes, 1000] -> logits [batch, 26]\n",
  );
  assertStringIncludes(
    planText(gatEfficientNet),
    "features of the nodes, computed once: 19,341,616 parameters",
  );
});
