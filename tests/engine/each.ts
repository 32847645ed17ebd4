/** Tests that must hold on every engine. */
import type { Engine } from "../../src/engine/engine.ts";
import { portable } from "../../src/engine/portable.ts";
import { nativeTest } from "./native.ts";

/** Registers a test for each engine. */
export function engineTest(name: string, fn: (engine: Engine) => void | Promise<void>): void {
  Deno.test(`${name} (portable)`, async () => fn(await portable()));
  nativeTest(`${name} (tensorflow)`, fn);
}
