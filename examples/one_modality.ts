/**
 * Is every modality needed? Trains the quickstart with both, with posters alone and with plots alone.
 *
 *     deno run -A examples/one_modality.ts [epochs]
 */
import { chooseEngine, fit } from "../mod.ts";
import quickstart, { type Modality, model } from "../recipes/quickstart.ts";

const epochs = Number(Deno.args[0] ?? quickstart.epochs);
const { engine } = await chooseEngine("portable");
const variants: readonly (readonly Modality[])[] = [["image", "text"], ["image"], ["text"]];

for (const seen of variants) {
  const folder = await Deno.makeTempDir();
  let best = 0;
  for await (const event of fit({ ...quickstart, epochs, model: model(seen) }, { engine, folder })) {
    if (event.kind === "epoch") best = Math.max(best, event.metrics.macro_f1);
  }
  await Deno.remove(folder, { recursive: true });
  console.log(`${seen.join(" + ").padEnd(12)}  macro-F1 ${best.toFixed(3)}`);
}
