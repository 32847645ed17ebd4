/**
 * Opens libtensorflow and prints its version. Its own process, because a damaged library can end the one that opens it.
 * Arguments: paths of libtensorflow_cc and libtensorflow_framework.
 */
import { messageOf } from "../base/errors.ts";
import { openLibrary } from "./library.ts";

if (import.meta.main) {
  const [core, framework] = Deno.args;
  try {
    console.log(openLibrary({ core, framework }).version);
  } catch (error) {
    console.error(messageOf(error));
    Deno.exit(1);
  }
}
