/** `@std/assert` from npm, typed here because the npm build carries no declarations. */
// @ts-types="./assert.d.ts"
export * from "deno-std/assert/mod.js";
