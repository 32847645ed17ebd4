/**
 * `prepare` in a process of its own, so that a test can give it an environment, run two at once and kill one.
 * Argument: the wheel as JSON. Prints the library's files as JSON; fails with the error's sentence.
 */
import { messageOf } from "../../src/base/errors.ts";
import { prepare } from "../../src/engine/setup.ts";

try {
  const files = await prepare({
    log: (line) => console.error(line),
    onProgress: (stage, done, total) => console.error(`${stage} ${done}/${total}`),
  }, JSON.parse(Deno.args[0]));
  console.log(JSON.stringify(files));
} catch (error) {
  console.error(messageOf(error));
  Deno.exit(1);
}
