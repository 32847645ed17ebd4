/** Tests that need libtensorflow: skipped where it is not set up, except in CI, where they fail. */
import { locate } from "../../src/engine/setup.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { tensorflow } from "../../src/engine/tensorflow.ts";

/** Where libtensorflow is; undefined when it has not been set up. */
export const libraryFiles = locate();

/** The tensorflow engine, which is tfjs's backend from here on. */
export function native(): Engine {
  if (libraryFiles === undefined) {
    throw new Error("Cannot test the tensorflow engine: libtensorflow is not set up; run `deno task setup`");
  }
  return tensorflow(libraryFiles);
}

/** A test of the tensorflow engine. */
export function nativeTest(name: string, fn: (engine: Engine) => void | Promise<void>): void {
  const absent = libraryFiles === undefined;
  Deno.test({
    name: absent ? `${name} (needs libtensorflow: run \`deno task setup\`)` : name,
    ignore: absent && !Deno.env.get("CI"),
    fn: () => fn(native()),
  });
}
