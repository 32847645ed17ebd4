/**
 * Which names a server answers to. A page elsewhere whose name is made to lead to this machine ("DNS rebinding") sends
 * that name as the host, and is refused by it.
 */

/** A host with its port, as in a `Host` header: a name, an IPv4 address, or an IPv6 address in brackets. */
const HOST = /^(\[[\da-f:.]+\]|[a-z\d._-]+)(?::\d*)?$/i;

const LOOPBACK = /^(?:(?:[a-z\d-]+\.)*localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
const ADDRESS = /^(?:\d+\.\d+\.\d+\.\d+|\[.*\])$/;
const EVERY_ADDRESS = ["0.0.0.0", "[::]"];

/** A host's name as it is compared: without the port and a final dot, in small letters; undefined where it is none. */
export const hostOf = (header: string): string | undefined =>
  HOST.exec(header)?.[1].replace(/\.$/, "").toLowerCase();

/** A name or an address as it stands in a `Host` header. */
const inHeader = (name: string): string => name.includes(":") && !name.startsWith("[") ? `[${name}]` : name;

/**
 * Whether a host may be answered: this machine's own names, the address that is listened on (any address where it is
 * every one of the machine's, since a page of another name cannot send one), and the names that are allowed besides.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { answersTo } from "./hosts.ts";
 *
 * const mayAsk = answersTo("127.0.0.1", ["films.example"]);
 * assertEquals(["localhost:8000", "films.example", "evil.example"].map(mayAsk), [true, true, false]);
 * ```
 */
export function answersTo(listening: string, allowed: readonly string[]): (header: string) => boolean {
  const bound = inHeader(listening), names = new Set([bound, ...allowed.map(inHeader)].map(hostOf));
  const isEverywhere = EVERY_ADDRESS.includes(bound);
  return (header) => {
    const host = hostOf(header);
    if (host === undefined) return false;
    return names.has(host) || LOOPBACK.test(host) || isEverywhere && ADDRESS.test(host);
  };
}
