/** `chooseEngine` in a process of its own, which may be refused native code. Prints the engine's name or the sentence. */
import { chooseEngine, type EngineName } from "../../src/engine/choose.ts";
import { messageOf } from "../../src/base/errors.ts";

const [name] = Deno.args;
console.log(await chooseEngine(name as EngineName).then(({ engine }) => engine.name, messageOf));
