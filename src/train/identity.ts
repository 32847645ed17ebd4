/** What decides the numbers of a run beside its settings: the built model and the files of its first weights. */
import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { readSafetensorsIndex, SAFETENSORS_INDEX } from "../base/safetensors_index.ts";
import { contentDigests } from "../data/content_digest.ts";
import { usualPlaces } from "../data/places.ts";
import type { Plan } from "./start.ts";

const digest = (value: unknown): string =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 32);

/** A digest of a model's graph: names, shapes, what each value is computed from, and what is trained. */
export function modelDigest(
  { model, tower, trainable }: Pick<Plan, "model" | "tower" | "trainable">,
): string {
  const graphs = [model, ...tower ? [tower] : []].map(({ params, aliases, nodes, output, losses }) => {
    const positions = new Map(nodes.map((node, at) => [node, at]));
    return {
      params: params.map(({ name, shape, kind, dtype }) => [name, shape, kind, dtype]),
      aliases,
      nodes: nodes.map(({ path, shape, inputs, params }) => [
        path,
        shape,
        inputs.map((input) => positions.get(input)),
        params.map(({ name }) => name),
      ]),
      output: positions.get(output),
      losses: Object.entries(losses).map(([name, loss]) => [
        name,
        loss.weight,
        positions.get("logits" in loss ? loss.logits : loss.value),
      ]),
    };
  });
  return digest([graphs, [...trainable].sort()]);
}

/** A digest of the content of each weights file, in order; of an index, of all the files that it names. */
export async function weightsDigests(files: readonly string[]): Promise<string[]> {
  const { cache } = usualPlaces(), found: string[] = [];
  for (const file of files) {
    const isIndex = basename(file) === SAFETENSORS_INDEX;
    const parts = isIndex
      ? [...new Set((await readSafetensorsIndex(file)).values())].sort()
      : [basename(file)];
    const digests = await contentDigests(file, cache), contents: string[] = [];
    for (const part of parts) {
      const path = join(dirname(file), part);
      contents.push(await digests.of(path, await Deno.stat(path)));
    }
    await digests.remember();
    found.push(digest(contents));
  }
  return found;
}
