import { assertEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { parseEvery } from "../../src/cli/every.ts";

Deno.test("a number is steps, a number with a unit a time", () => {
  const said = ["1", "500", "30s", "10m", "1.5h"].map(parseEvery);
  assertEquals(said, [{ steps: 1 }, { steps: 500 }, { seconds: 30 }, { seconds: 600 }, { seconds: 5400 }]);
});

Deno.test("anything else is refused with examples", () => {
  for (const text of ["0", "0m", "1.5", "-3", "ten", "10min", "10 m", "m", "1e3", ""]) {
    const { message, exitCode } = assertThrows(() => parseEvery(text), OnesheetError);
    assertEquals([message, exitCode], [
      'Cannot use "--checkpoint-every": expected steps such as 500, or a time such as 30s, 10m or 2h, found ' +
      `"${text}"`,
      2,
    ]);
  }
});
