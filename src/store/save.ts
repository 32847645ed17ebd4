/** From an engine's memory into a checkpoint file with PyTorch's `state_dict` names. */
import type { Memory } from "../engine/engine.ts";
import { toFile } from "./layout.ts";
import { stateDict, type StoredModel } from "./state_dict.ts";
import { writeSafetensors } from "./write.ts";

/**
 * Writes every parameter and buffer of a model, and the copies PyTorch keeps under aliases, as one safetensors file;
 * whole or not there. The metadata says `format: pt`, which transformers asks for.
 */
export async function saveModel(
  path: string,
  model: StoredModel,
  memory: Pick<Memory, "get">,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const names = stateDict(model);
  const plans = Array.from(names, ([name, { dtype, shape }]) => ({
    name,
    shape,
    dtype: dtype === "float32" ? "F32" as const : "I64" as const,
  }));
  const read = async (name: string) => {
    const param = names.get(name)!;
    return toFile(await memory.get(param.name), param);
  };
  await writeSafetensors(path, plans, read, { format: "pt", ...metadata });
}
