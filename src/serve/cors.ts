/** Which pages of other origins may ask from a browser: https://fetch.spec.whatwg.org/#http-cors-protocol */
import { OnesheetError } from "../base/errors.ts";
import type { Answer } from "./listen.ts";

/** How long a browser may remember what it asked before, in seconds. */
const REMEMBERED = 600;

/** The headers by which a browser lets a page of this origin see an answer. */
export function corsHeaders(
  origins: readonly string[],
  origin: string | undefined,
): Readonly<Record<string, string>> {
  if (origins.includes("*")) return { "access-control-allow-origin": "*" };
  if (origins.length === 0) return {};
  const vary = { vary: "origin" };
  return origin !== undefined && origins.includes(origin)
    ? { ...vary, "access-control-allow-origin": origin }
    : vary;
}

/** The answer to a browser that asks whether it may ask. */
export const preflight = (method = "GET"): Answer => ({
  status: 204,
  headers: {
    "access-control-allow-methods": method,
    "access-control-allow-headers": "content-type, content-encoding",
    "access-control-max-age": String(REMEMBERED),
  },
  body: "",
});

/** An origin as browsers send it; anything else than a scheme, a host and a port is an error. */
export function originOf(given: string): string {
  if (given === "*") return given;
  const url = URL.parse(given);
  if (url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url.origin;
  throw new OnesheetError(
    `Cannot use "--cors-origin ${given}": expected an origin such as https://films.example, or *, found ${
      url === null ? "another text" : "an address with more than that"
    }`,
    { exitCode: 2 },
  );
}
