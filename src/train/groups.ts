/** Parameter groups: parts of the model whose learning rate or weight decay is another. */
import { matching } from "./freeze.ts";

/** Settings of the parameters that a pattern names; patterns are those of {@link FreezeRule}. */
export interface ParameterGroup {
  /** Such as `**.bias`, `text_backbone.encoder.layer.0`. */
  readonly of: string;
  /** In place of the optimizer's. */
  readonly weightDecay?: number;
  /** Times the schedule's rate. */
  readonly rate?: number;
}

/** How one parameter is treated; what is not given is as for the others. */
export type Treatment = Omit<ParameterGroup, "of">;

/** The treatment of each parameter that has one: of several groups the last decides, setting by setting. */
export function treatments(
  names: readonly string[],
  groups: readonly ParameterGroup[],
): ReadonlyMap<string, Treatment> {
  const found = new Map<string, Treatment>();
  for (const { of, ...settings } of groups) {
    for (const name of matching(of, names, "group")) found.set(name, { ...found.get(name), ...settings });
  }
  return found;
}
