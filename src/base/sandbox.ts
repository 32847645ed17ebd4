/** Whether this process is the one that `deno task sandbox` starts. */

/** The variable that marks it. */
export const SANDBOX = "ONESHEET_SANDBOX";

/** Whether this process runs in the sandbox, so that a sentence names no way out that is not there. */
export const inSandbox = (): boolean =>
  Deno.permissions.querySync({ name: "env", variable: SANDBOX }).state === "granted" &&
  Deno.env.get(SANDBOX) === "1";
