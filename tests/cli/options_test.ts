import { assertEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { type Command, usage } from "../../src/cli/command.ts";
import { parseCommand } from "../../src/cli/options.ts";

const train = {
  name: "train",
  summary: "Trains a recipe.",
  positionals: {
    recipe: { help: "a recipe file", required: true },
    run: { help: "a run folder", required: false },
  },
  options: {
    engine: { kind: "string", help: "where to run", oneOf: ["auto", "tensorflow", "portable"] },
    data: { kind: "string", help: "a folder", placeholder: "DIR" },
    "max-steps": { kind: "count", help: "steps", placeholder: "N" },
    rate: { kind: "number", help: "learning rate" },
    set: { kind: "string", help: "a setting", placeholder: "PATH=VALUE", repeat: true },
    plan: { kind: "boolean", help: "only print the plan" },
  },
  examples: [],
} as const satisfies Command;

const parse = (...args: string[]) => {
  const parsed = parseCommand(train, args);
  if (parsed === "help") throw new Error("asked for help");
  return parsed;
};
const failing = (args: string[], sentence: string) => {
  const error = assertThrows(() => parse(...args), OnesheetError, sentence);
  assertEquals(error.exitCode, 2);
};

Deno.test("options may be written with = or a space, before or behind the positionals", () => {
  const args = [
    "--max-steps=3",
    "r.ts",
    "--rate",
    "1e-3",
    "--engine",
    "portable",
    "--plan",
    "runs/1",
    "--data=.",
  ];
  const { positionals, options } = parse(...args);
  assertEquals(positionals, { recipe: "r.ts", run: "runs/1" });
  assertEquals(options, { engine: "portable", data: ".", "max-steps": 3, rate: 1e-3, set: [], plan: true });
});

Deno.test("what is not given is undefined, false or an empty list", () => {
  const { positionals, options } = parse("r.ts");
  const none = { engine: undefined, data: undefined, "max-steps": undefined, rate: undefined };
  assertEquals({ ...positionals }, { recipe: "r.ts", run: undefined });
  assertEquals({ ...options }, { ...none, set: [], plan: false });
});

Deno.test("the declaration gives the types of the values", () => {
  const { positionals, options } = parse("r.ts");
  const recipe: string = positionals.recipe;
  const run: string | undefined = positionals.run;
  const engine: "auto" | "tensorflow" | "portable" | undefined = options.engine;
  const steps: number | undefined = options["max-steps"];
  const set: readonly string[] = options.set;
  const plan: boolean = options.plan;
  assertEquals([recipe, run, engine, steps, set, plan], ["r.ts", undefined, undefined, undefined, [], false]);
  // @ts-expect-error an optional positional may be missing
  const wrong: string = positionals.run;
  assertEquals(wrong, undefined);
  // @ts-expect-error only declared options can be read
  assertEquals(options.epochs, undefined);
});

Deno.test("a repeated option keeps every value, with any = and dots inside", () => {
  assertEquals(parse("r.ts", "--set", "loss.alpha=0.5", "--set=a=b=c").options.set, [
    "loss.alpha=0.5",
    "a=b=c",
  ]);
});

Deno.test("positionals that look like numbers or stand behind -- stay as they are written", () => {
  assertEquals(parse("007", "--", "--plan").positionals, { recipe: "007", run: "--plan" });
});

Deno.test("a negative number is written with =", () => {
  assertEquals(parse("r.ts", "--rate=-0.5").options.rate, -0.5);
  failing(
    ["r.ts", "--rate", "-0.5"],
    `Cannot use "--rate": expected a number, found none; write --rate=VALUE`,
  );
});

Deno.test("an unknown option is an error that offers the nearest", () => {
  failing(
    ["r.ts", "--max-step", "3"],
    `Cannot use "--max-step": no such option; did you mean "--max-steps"?`,
  );
  failing(["r.ts", "--no-plan"], `Cannot use "--no-plan": no such option; did you mean "--plan"?`);
  failing(["r.ts", "-plan"], `Cannot use "-plan": no such option; did you mean "--plan"?`);
  failing(["r.ts", "--colour=red"], `Cannot use "--colour": no such option; see deno task train --help`);
  failing(["r.ts", "-x"], `Cannot use "-x": no such option`);
});

Deno.test("a missing value is an error that shows how to write one", () => {
  failing(["r.ts", "--data"], `Cannot use "--data": expected a value, found none; write --data=DIR`);
  failing(
    ["r.ts", "--max-steps", "--plan"],
    `expected a whole number, 0 or more, found none; write --max-steps=N`,
  );
  failing(["r.ts", "--set="], `Cannot use "--set": expected a value, found none`);
});

Deno.test("a value of another kind is an error", () => {
  for (const text of ["ten", "1.5", "-3", " ", "1e99", "NaN"]) {
    failing(["r.ts", `--max-steps=${text}`], `expected a whole number, 0 or more, found "${text}"`);
  }
  for (const text of ["fast", "Infinity"]) {
    failing(["r.ts", `--rate=${text}`], `expected a number, found "${text}"`);
  }
});

Deno.test("a word that is not one of the words is an error that offers the nearest", () => {
  const words = "expected one of auto, tensorflow, portable";
  failing(["r.ts", "--engine=tensorflw"], `${words}, found "tensorflw"; did you mean "tensorflow"?`);
  failing(["r.ts", "--engine=gpu"], `${words}, found "gpu"; write --engine=auto|tensorflow|portable`);
});

Deno.test("a boolean takes no value but true and false", () => {
  assertEquals(parse("r.ts", "--plan=false").options.plan, false);
  failing(["r.ts", "--plan=no"], `Cannot use "--plan": expected no value, found "no"; write --plan`);
});

Deno.test("too few and too many positionals are errors that show the usage", () => {
  failing(
    [],
    "Cannot run train: expected <recipe>, found none; usage: deno task train <recipe> [run] [options]",
  );
  failing(
    ["a", "b", "c"],
    `Cannot run train: found "c" too many; usage: deno task train <recipe> [run] [options]`,
  );
});

Deno.test("asking for help wins over every mistake, but not behind --", () => {
  assertEquals(parseCommand(train, ["--help"]), "help");
  assertEquals(parseCommand(train, ["a", "b", "c", "--what", "-h"]), "help");
  assertEquals(parse("--", "--help").positionals.recipe, "--help");
});

Deno.test("a positional that repeats takes all that are left", () => {
  const bench = {
    name: "bench",
    summary: "Measures.",
    positionals: { benches: { help: "which", required: false, repeat: true } },
    options: {},
    examples: [],
  } as const satisfies Command;
  const benches = (...args: string[]): readonly string[] => {
    const parsed = parseCommand(bench, args);
    if (parsed === "help") throw new Error("asked for help");
    return parsed.positionals.benches;
  };
  assertEquals([benches(), benches("step", "eval")], [[], ["step", "eval"]]);
  assertEquals(usage(bench), "deno task bench [benches…] [options]");
});
