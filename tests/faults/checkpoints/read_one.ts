/**
 * Opens one checkpoint and, where it opens, loads it into a model, in a process that may do nothing but read that file:
 * the argument. Prints the refusal, if it was refused, as JSON.
 */
import { loadInto } from "../../../src/store/load.ts";
import { openSafetensors } from "../../../src/store/safetensors.ts";
import type { StoredModel } from "../../../src/store/state_dict.ts";
import { done } from "../child.ts";
import { demandRefusal } from "./reads.ts";

/** As many parameters as the exact recipe has, of a shape that a file can claim for nothing. */
const model: StoredModel = {
  params: Array.from({ length: 545 }, (_, i) => ({
    name: `image_backbone.layer4.0.conv1.weight.${i}`,
    shape: [0],
    kind: "weight",
    dtype: "float32",
  })),
  aliases: [],
};

let refusal: string | null = null;
try {
  using opened = await openSafetensors(Deno.args[0]);
  await loadInto({ put: () => Promise.resolve() }, model, opened, { strict: true });
} catch (error) {
  refusal = demandRefusal(error);
}
if ("polluted" in {}) throw new Error("an object's prototype was changed");
console.log(JSON.stringify(refusal));
await done();
