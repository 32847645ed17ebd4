/** Opens the tensorflow engine on the libraries of a folder, the argument, in a process of its own. Prints the refusal as JSON. */
import { chooseEngine, OnesheetError } from "../../../mod.ts";
import { done } from "../child.ts";

Deno.env.set("ONESHEET_TENSORFLOW", Deno.args[0]);
let refusal: string | null = null;
try {
  await chooseEngine("tensorflow");
} catch (error) {
  if (!(error instanceof OnesheetError)) throw error;
  refusal = error.message;
}
console.log(JSON.stringify(refusal));
await done();
