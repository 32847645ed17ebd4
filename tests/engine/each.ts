/** Tests of what every engine must do. */
import type { Engine } from "../../src/engine/engine.ts";
import { portable } from "../../src/engine/portable.ts";
import { nativeTest } from "./native.ts";

/** One test for each engine. */
export function eachEngine(name: string, fn: (engine: Engine) => void | Promise<void>): void {
  nativeTest(`${name} (tensorflow)`, fn);
  Deno.test(`${name} (portable)`, async () => fn(await portable()));
}
