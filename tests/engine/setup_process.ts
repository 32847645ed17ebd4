/**
 * `prepare` in a process of its own, so that a test can give it an environment, run two at once and kill one.
 * Argument: the build as JSON. Prints the library's files as JSON; fails with the error's sentence.
 */
import { messageOf } from "../../src/base/errors.ts";
import { prepare } from "../../src/engine/setup.ts";

try {
  const build = JSON.parse(Deno.args[0]);
  const files = await prepare({
    build: build.name,
    log: (line) => console.error(line),
    onProgress: (stage, done, total) => console.error(`${stage} ${done}/${total}`),
  }, build);
  console.log(JSON.stringify(files));
} catch (error) {
  console.error(messageOf(error));
  Deno.exit(1);
}
