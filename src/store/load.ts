/** From a checkpoint file into an engine's memory, with a report of what went where. */
import type { Memory } from "../engine/engine.ts";
import { OnesheetError } from "../base/errors.ts";
import { allFinite, type Value } from "../base/value.ts";
import { toEngine } from "./layout.ts";
import { type LoadReport, matchNames, type MatchOptions, type Unmatched } from "./match.ts";
import type { SafetensorsFile } from "./safetensors.ts";
import type { StoredModel } from "./state_dict.ts";

/** How to load. */
export interface LoadOptions extends MatchOptions {
  /** Makes a missing parameter an error. */
  readonly strict?: boolean;
}

/** The first few names, each with its nearest, and how many more there are. */
function list(names: readonly Unmatched[]): string {
  const shown = names.slice(0, 5).map(({ name, nearest }) =>
    `"${name}"` + (nearest === undefined ? "" : ` (nearest: "${nearest}")`)
  );
  return shown.join(", ") + (names.length > shown.length ? ` and ${names.length - shown.length} more` : "");
}

const shapeText = (shape: readonly number[]): string => `[${shape.join(", ")}]`;

/** A report in a few lines for a person. */
export function describe({ prefix, applied, missing, unused, mismatched }: LoadReport): string {
  const lines = [
    `${applied.length} of ${applied.length + missing.length + mismatched.length} loaded` +
    (prefix === undefined ? "" : `, without "${prefix}" in front of their names`),
  ];
  if (missing.length > 0) lines.push(`${missing.length} missing in the file: ${list(missing)}`);
  if (unused.length > 0) lines.push(`${unused.length} unused, not in the model: ${list(unused)}`);
  if (mismatched.length > 0) {
    const [{ name, expected, found }] = mismatched;
    lines.push(
      `${mismatched.length} of another shape: "${name}" (expected ${shapeText(expected)}, found ${
        shapeText(found)
      })`,
    );
  }
  return lines.join("\n");
}

/** Fails when the file does not fit the model. */
function refuse({ applied, missing, unused, mismatched }: LoadReport, path: string, strict: boolean): void {
  if (mismatched.length > 0) {
    const [{ name, expected, found }, ...more] = mismatched;
    throw new OnesheetError(
      `Cannot load "${name}": expected ${shapeText(expected)}, found ${shapeText(found)}` +
        (more.length > 0 ? `; ${more.length} more of "${path}" do not fit either` : "") +
        "; build the model in the sizes of the file, or use other weights",
    );
  }
  if (applied.length === 0) {
    throw new OnesheetError(
      `Cannot load "${path}": expected names such as ${list(missing.slice(0, 1))}, found ${
        unused.length > 0 ? list(unused.slice(0, 1)) : "none"
      }; use weights of this kind of model, or a rename from the file's names`,
    );
  }
  if (strict && missing.length > 0) {
    throw new OnesheetError(
      `Cannot load "${path}": expected every parameter, found ${missing.length} missing: ${list(missing)}`,
    );
  }
}

/** Refuses weights of which no number could come. */
function demandFinite({ data }: Value, name: string, path: string): void {
  if (allFinite(data)) return;
  throw new OnesheetError(
    `Cannot load "${name}" of "${path}": expected finite numbers, found NaN or infinity; the file is damaged, or the ` +
      "training that wrote it diverged",
  );
}

/**
 * Puts a file's arrays into a memory under the parameters' names, in the engine's layout, one at a time.
 * A shape that differs, a file without a single name of the model and, when strict, a missing parameter are errors, found
 * before anything is put; so is a number that is not finite, found when its array is read.
 */
export async function loadInto(
  memory: Pick<Memory, "put">,
  model: StoredModel,
  file: SafetensorsFile,
  { strict = false, ...match }: LoadOptions = {},
): Promise<LoadReport> {
  const report = matchNames(model, file.entries, match);
  refuse(report, file.path, strict);
  const params = new Map(model.params.map((param) => [param.name, param]));
  for (const { name, from } of report.applied) {
    const param = params.get(name)!, value = await file.read(from);
    demandFinite(value, from, file.path);
    await memory.put(name, toEngine({ ...value, shape: param.shape }, param));
  }
  return report;
}
