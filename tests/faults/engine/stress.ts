/** Runs cycles on an engine in a process of its own; its arguments are the engine and how many. Prints what it holds. */
import { chooseEngine, type EngineName } from "../../../mod.ts";
import { done } from "../child.ts";
import { type Held, held } from "../held.ts";
import { cycles } from "./cycles.ts";

/** What a line of this program says. */
export interface Stressed extends Held {
  /** Cycles done. */
  readonly done: number;
  /** Tensors and native objects of the engine beyond those before the first cycle. */
  readonly left: number;
}

if (import.meta.main) {
  const [name, count] = [Deno.args[0] as EngineName, Number(Deno.args[1])];
  const { engine } = await chooseEngine(name);
  const kinds = Object.entries(cycles);
  const holds = () => engine.holdings().tensors + engine.holdings().handles;
  const before = holds();
  for (let i = 1; i <= count; i++) {
    const [what, cycle] = kinds[i % kinds.length];
    try {
      await cycle(engine);
    } catch (error) {
      throw new Error(`cycle ${i}, ${what}: ${error}`);
    }
    if (holds() !== before) throw new Error(`cycle ${i}, ${what}: ${holds() - before} objects are left`);
    if (i % Math.ceil(count / 100) === 0) {
      console.log(JSON.stringify({ done: i, left: holds() - before, ...held() } satisfies Stressed));
    }
  }
  await done();
}
