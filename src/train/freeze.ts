/** Which parameters learn: an ordered list of name patterns, the last that matches decides. */
import { nearest, OnesheetError } from "../base/errors.ts";

/**
 * Freezes or trains what a pattern names: a parameter, or a module and with it every parameter inside.
 * `*` stands for one segment or a part of one, `**` for any number of segments: `image_backbone`,
 * `text_backbone.encoder.layer.*.attention`, `**.bias`.
 */
export type FreezeRule = { readonly freeze: string } | { readonly train: string };

/** A test whether a name is what the pattern names, or inside it; every segment takes the dot behind it along. */
function matcher(pattern: string): (name: string) => boolean {
  const segments = pattern.split(".").map((segment) =>
    segment === "**" ? "(?:[^.]+\\.)*" : `${segment.split("*").map(RegExp.escape).join("[^.]*")}\\.`
  );
  const whole = new RegExp(`^${segments.join("")}`);
  return (name) => whole.test(`${name}.`);
}

/** Every parameter and every module it is in: `a.b.c` gives `a`, `a.b`, `a.b.c`. */
function paths(names: readonly string[]): Set<string> {
  const prefixes = (name: string) => {
    const segments = name.split(".");
    return segments.map((_, i) => segments.slice(0, i + 1).join("."));
  };
  return new Set(names.flatMap(prefixes));
}

/** The names that a pattern matches, at least one; `what` is the kind of pattern, as the error calls it. */
export function matching(pattern: string, names: readonly string[], what: string): string[] {
  const found = names.filter(matcher(pattern));
  if (found.length === 0) throw noMatch(pattern, names, what);
  return found;
}

function noMatch(pattern: string, names: readonly string[], what: string): OnesheetError {
  const near = nearest(pattern, paths(names));
  const modules = [...new Set(names.map((name) => name.split(".")[0]))].join(", ");
  return new OnesheetError(
    `Cannot apply the ${what} pattern "${pattern}": no parameter matches it; ` +
      (near === undefined ? `the model's modules are ${modules}` : `did you mean "${near}"?`),
  );
}

/**
 * The names that learn, in the order given; without a rule all do. A pattern that matches no name is an error.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { trainable } from "./freeze.ts";
 *
 * const names = ["backbone.layer3.weight", "backbone.layer4.weight", "head.weight"];
 * const learns = trainable(names, [{ freeze: "backbone" }, { train: "backbone.layer4" }]);
 * assertEquals([...learns], ["backbone.layer4.weight", "head.weight"]);
 * ```
 */
export function trainable(names: readonly string[], rules: readonly FreezeRule[]): Set<string> {
  const learns = new Map(names.map((name) => [name, true]));
  for (const rule of rules) {
    const pattern = "train" in rule ? rule.train : rule.freeze;
    for (const name of matching(pattern, names, "freeze")) learns.set(name, "train" in rule);
  }
  return new Set(names.filter((name) => learns.get(name)));
}
