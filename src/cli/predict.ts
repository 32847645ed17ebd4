/** `predict`: the labels of one poster and plot, by a run's best weights. */
import { OnesheetError } from "../base/errors.ts";
import { chooseEngine, engineNames } from "../engine/choose.ts";
import { table } from "../report/table.ts";
import { loadInto } from "../store/load.ts";
import { openSafetensors } from "../store/safetensors.ts";
import { readLabels, runFiles } from "../train/run.ts";
import { plan } from "../train/start.ts";
import { predictionStep } from "../train/step.ts";
import type { Command } from "./command.ts";
import type { Parsed } from "./options.ts";
import { loadRun, userPath } from "./recipes.ts";

/** What `predict` takes. */
export const predictCommand = {
  name: "predict",
  summary: "Tells the labels of a poster and a plot.",
  positionals: { run: { help: "a run folder", required: true } },
  options: {
    poster: { kind: "string", placeholder: "FILE", help: "an image file" },
    plot: { kind: "string", placeholder: "TEXT", help: "the plot" },
    engine: { kind: "string", oneOf: engineNames, help: "where it runs" },
    json: { kind: "boolean", help: "for programs" },
  },
  examples: [
    'deno task predict runs/quickstart-20260101-120000 --poster poster.jpg --plot "A ship is lost in space."',
  ],
} as const satisfies Command;

/** Runs the command; gives its exit code. */
export async function predict({ positionals, options }: Parsed<typeof predictCommand>): Promise<number> {
  const { poster, plot } = options;
  if (poster === undefined || plot === undefined) {
    throw new OnesheetError("Cannot predict: expected --poster FILE and --plot TEXT", { exitCode: 2 });
  }
  const { folder, recipe } = await loadRun(positionals.run);
  const { best, reader } = runFiles(folder);
  const image = await Deno.readFile(userPath(poster)).catch((cause) => {
    throw new OnesheetError(`Cannot read the poster "${poster}": ${cause.message}`, { cause, exitCode: 2 });
  });
  const read = await recipe.data.made.reader(reader);
  const labels = await readLabels(folder);
  const inputs = await read([{ image, text: plot }]);

  const { engine } = await chooseEngine(options.engine ?? "auto");
  const { model } = plan(recipe);
  using memory = engine.memory();
  using file = await openSafetensors(best);
  await loadInto(memory, model, file, { strict: true });
  const { logits } = await memory.compile(predictionStep(model)).run(inputs);
  const told = labels
    .map((label, i) => ({ label, probability: 1 / (1 + Math.exp(-logits.data[i])) }))
    .sort((a, b) => b.probability - a.probability);
  if (options.json) console.log(JSON.stringify(told, null, 2));
  else {
    const rows = told.map(({ label, probability }) => [
      label,
      probability.toFixed(3),
      probability > 0.5 ? "yes" : "",
    ]);
    console.log(table({ head: ["label", "probability", "over 0.5"], rows }));
  }
  return 0;
}
