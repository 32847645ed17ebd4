/** `@std/cli` from npm, typed here because the npm build carries no declarations. */
// @ts-types="./cli.d.ts"
export * from "deno-std/cli/parse_args.js";
