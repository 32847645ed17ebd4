/** Reads where a run was, and believes none of it unchecked. */
import { fieldFault, readJson, show } from "../base/json.ts";
import type { RunState } from "./checkpoint.ts";

/** What keeps a value from being a state; undefined where it is one. */
function stateFault(found: unknown): string | undefined {
  const fault = fieldFault(found, {
    epoch: "a whole number",
    batch: "a whole number",
    step: "a whole number",
    lossSum: "a number",
    seconds: "a number",
    schedule: "an object",
    stopping: "an object",
    finished: "true or false",
    "settings?": "an object",
  });
  if (fault !== undefined) return fault;
  const { schedule, stopping } = found as RunState;
  const wrong = Object.values(schedule).find((value) => !Number.isFinite(value));
  if (wrong !== undefined) return `expected numbers in "schedule", found ${show(wrong)}`;
  return fieldFault(stopping, {
    waited: "a whole number",
    ...(stopping.best !== null && { best: "a number" }),
  });
}

/** Reads a checkpoint's `state.json`. A file that holds anything else is an error that names it. */
export const readState = (path: string): Promise<RunState> => readJson(path, stateFault);
