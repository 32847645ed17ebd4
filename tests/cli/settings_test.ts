import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { type Choice, choice } from "../../src/base/choice.ts";
import { OnesheetError } from "../../src/base/errors.ts";
import { applySettings } from "../../src/cli/settings.ts";

const focal = (options: { alpha: number; gamma: number }) =>
  choice("focal", options, ({ alpha }) => () => alpha);
const named = (name: string, degrees: number) => choice(name, { degrees }, ({ degrees }) => () => degrees);
const data = (options: { repo: string; validation: number; augment: Choice<() => number>[] }) =>
  choice("mmimdb", options, ({ augment }) => () => augment.map((one) => one.made()));

const recipe = {
  name: "mmimdb",
  data: data({
    repo: "a/b",
    validation: 0.15,
    augment: [named("flip", 0), named("rotation", 20), named("shear", 1), named("shear", 2)],
  }),
  model: () => "code",
  freeze: [{ freeze: "image_backbone" }],
  batchSize: 16,
  labelSmoothing: undefined as number | undefined,
  loss: focal({ alpha: 0.25, gamma: 2 }),
  server: { port: 8000, hosts: ["a"] },
};
const failing = (setting: string, sentence: string) => {
  const error = assertThrows(() => applySettings(recipe, [setting]), OnesheetError, sentence);
  assertEquals(error.exitCode, 2);
};

Deno.test("settings change plain fields, options of choices and fields of objects, in a copy", () => {
  const before = JSON.stringify(recipe);
  const changed = applySettings(recipe, [
    "batchSize=8",
    "loss.alpha=0.5",
    "data.validation=0.2",
    "server.port=80",
  ]);
  assertEquals([changed.batchSize, changed.loss.made(), changed.server.port], [8, 0.5, 80]);
  assertEquals(changed.loss.options, { alpha: 0.5, gamma: 2 });
  assertEquals(changed.data.options.validation, 0.2);
  assertEquals(changed.server.hosts, ["a"]);
  assertEquals(JSON.stringify(recipe), before);
  assertNotEquals(JSON.stringify(changed), before);
});

Deno.test("a later setting stands on the earlier ones", () => {
  const changed = applySettings(recipe, ["loss.alpha=0.5", "loss.gamma=3", "loss.alpha=0.75"]);
  assertEquals(changed.loss.options, { alpha: 0.75, gamma: 3 });
});

Deno.test("a choice in a list of choices is found by its name, or by position where two have the name", () => {
  const made = (setting: string) => applySettings(recipe, [setting]).data.made();
  assertEquals(made("data.augment.rotation.degrees=5"), [0, 5, 1, 2]);
  assertEquals(made("data.augment.3.degrees=9"), [0, 20, 1, 9]);
  assertEquals(made("data.augment=[]"), []);
  failing("data.augment.shear.degrees=1", "data.augment.rotation, data.augment.2, data.augment.3");
});

Deno.test("a value is JSON; a string may stand without quotes, even where it looks like a number", () => {
  const changed = applySettings(recipe, [
    `data.repo=owner/name=x`,
    "name=42",
    `freeze=[{"train":"head"}]`,
    "server.hosts.0=b c",
    "labelSmoothing=0.1",
  ]);
  assertEquals(changed.data.options.repo, "owner/name=x");
  assertEquals([changed.name, changed.labelSmoothing, changed.server.hosts[0]], ["42", 0.1, "b c"]);
  assertEquals(changed.freeze as unknown, [{ train: "head" }]);
  assertEquals(applySettings(recipe, [`name="quoted"`]).name, "quoted");
});

Deno.test("an unknown path is an error that offers the nearest at every depth", () => {
  failing("batchsize=8", `Cannot set "batchsize": the recipe has the settings name, data`);
  failing("batchsize=8", `did you mean "batchSize"?`);
  failing(
    "loss.alhpa=0.5",
    `Cannot set "loss.alhpa": "loss" has the settings loss.alpha, loss.gamma; did you mean "loss.alpha"?`,
  );
  failing("batchSize.x=1", `Cannot set "batchSize.x": "batchSize" has no settings`);
  failing("constructor.name=x", `Cannot set "constructor"`);
});

Deno.test("a value of another type is an error that shows both", () => {
  failing("batchSize=eight", `Cannot set "batchSize": expected a number such as 16, found "eight"`);
  failing("loss.alpha=[1]", `Cannot set "loss.alpha": expected a number such as 0.25, found [1]`);
  failing("freeze=3", `expected a list such as [{"freeze":"image_backbone"}], found 3`);
});

Deno.test("what is code or a choice as a whole cannot be set", () => {
  failing("model=x", `Cannot set "model" to x: it is more than plain data; change the recipe file`);
  failing("model=[]", `Cannot set "model" to []`);
  failing("server=x", `Cannot set "server" as a whole: set one of server.port, server.hosts`);
  failing("data.augment=3", "set one of data.augment.flip, data.augment.rotation");
});

Deno.test("a choice gives way to another of the library, by name or with settings; its own are kept where not told", () => {
  const set = (...settings: string[]) => applySettings(recipe, settings);
  assertEquals(set("loss=binaryCrossEntropy").loss.name, "binaryCrossEntropy");
  assertEquals(set(`loss={"name":"focal","gamma":1}`).loss.options, { alpha: 0.25, gamma: 1 });
  assertEquals(set("loss=binaryCrossEntropy", "loss=focal", "loss.gamma=5").loss.options, {
    alpha: 0.25,
    gamma: 5,
  });
  const { augment } = set(`data.augment=["flip",{"name":"randomRotation","degrees":5}]`).data.options as {
    augment: Choice<unknown>[];
  };
  assertEquals(augment.map(({ name, options }) => [name, options]), [
    ["flip", { degrees: 0 }],
    ["randomRotation", { degrees: 5 }],
  ]);
  failing(
    "loss=focl",
    `Cannot set "loss" to "focl": expected focal, binaryCrossEntropy, balancedCrossEntropy, asymmetric, or one`,
  );
  failing("loss=focl", `did you mean "focal"?`);
  failing(`loss={"name":"focal","gama":1}`, `Cannot set "gama" of focal`);
  failing(
    `data.augment=["spin"]`,
    `Cannot set "data.augment" to "spin": expected flip, rotation, shear, random`,
  );
});

Deno.test("a setting of a choice that has no value yet takes any", () => {
  const open = { name: "x", loss: choice("own", { weight: undefined as number | undefined }, (o) => o) };
  assertEquals(applySettings(open, ["loss.weight=2"]).loss.made, { weight: 2 });
});

Deno.test("a setting without a value or a path is an error that shows one", () => {
  for (const setting of ["batchSize", "=8", ""]) {
    failing(setting, `Cannot set "${setting}": expected path=value, such as batchSize=8`);
  }
});
