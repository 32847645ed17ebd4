/** Requests to the hub: the only place of the hub's client that touches the network and knows the token. */
import { OnesheetError } from "../../base/errors.ts";
import { busy, Passing, retry, usualPatience, watch } from "../../base/retry.ts";
import { forbidden, offline, refusal, unreachable } from "./refusals.ts";
import type { Topic } from "./topic.ts";

/** Redirects that are followed; the hub needs one to the store of large files, and one when a repository has moved. */
const HOPS = 5;

/** Requests of one conversation, of which a listing in pages needs most; a page has up to 1000 files. */
const PAGES = 1000;
/** Bytes of a short answer; a page of a listing has some hundred thousand. */
const SHORT = 64e6;

/** Where a redirect leads; to a web server and not, for one, to a file of this machine. */
function targetOf({ what, places: { hub } }: Topic, location: string, from: URL): URL {
  const target = URL.parse(location, from);
  if (target?.protocol === "https:" || target?.protocol === "http:") return target;
  const found = JSON.stringify(location.slice(0, 99));
  throw new OnesheetError(
    `Cannot fetch ${what}: expected ${hub} to redirect to an address of a web server, found ${found}; check HF_ENDPOINT`,
  );
}

/** Whether an answer points elsewhere. */
export const isRedirect = ({ status }: Response): boolean => [301, 302, 303, 307, 308].includes(status);

/**
 * `fetch` for a topic. The token goes to the hub's own address and to no other: not along with a redirect, not to where
 * a page of a listing points. What the hub refuses is thrown as a sentence, what another host refuses as `Passing`.
 */
export function asking(topic: Topic): typeof fetch {
  const { hub, token, offline: leftAlone } = topic.places;
  return async (input, init) => {
    if (leftAlone) throw offline(topic);
    let url = new URL(input instanceof Request ? input.url : input);
    for (let hop = 0; hop <= HOPS; hop++) {
      const isHub = url.origin === new URL(hub).origin;
      const headers = new Headers(init?.headers);
      if (isHub && token !== undefined) headers.set("authorization", `Bearer ${token}`);
      const answer = await fetch(url, { ...init, headers, redirect: "manual" }).catch((error) => {
        throw error instanceof Deno.errors.NotCapable ? forbidden(topic, url.host, error) : error;
      });
      const target = isRedirect(answer) ? answer.headers.get("location") : null;
      if (target === null) {
        if (answer.ok || answer.status === 416 || busy(answer)) return answer;
        await answer.body?.cancel();
        // An address at the store is good for a while only; the hub gives a new one.
        throw isHub ? refusal(topic, answer) : new Passing(`${url.host} answered ${answer.status}`);
      }
      await answer.body?.cancel();
      url = targetOf(topic, target, url);
    }
    throw new OnesheetError(`Cannot fetch ${topic.what}: ${hub} redirects in a circle; check HF_ENDPOINT`);
  };
}

/** All of a short answer. */
async function bodyOf({ what, places: { hub } }: Topic, { body }: Response): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const part of body ?? []) {
    parts.push(part);
    if ((length += part.length) <= SHORT) continue;
    throw new OnesheetError(
      `Cannot fetch ${what}: expected an answer of at most ${
        SHORT / 1e6
      } MB from ${hub}, found more; check HF_ENDPOINT`,
    );
  }
  return new Blob(parts);
}

/** Fewer and shorter than for a download, because without a network the sentence that says so should come soon. */
const patient = { ...usualPatience, tries: 3, quiet: 20_000 };

/** `asking` for short answers: they come whole, after several tries if need be. Throws `HubUnreachable`. */
export function askingWhole(topic: Topic): typeof fetch {
  const ask = asking(topic);
  const patience = { ...patient, ...topic.places.patience };
  let pages = 0;
  return async (input, init) => {
    if (pages++ === PAGES) {
      throw new OnesheetError(
        `Cannot fetch ${topic.what}: expected a listing of at most ${PAGES} pages, found more; check HF_ENDPOINT`,
      );
    }
    try {
      return await retry(async () => {
        using connection = watch(patience.quiet);
        const answer = await connection.hear(ask(input, { ...init, signal: connection.signal }));
        const body = await connection.hear(bodyOf(topic, answer));
        const failure = busy(answer);
        if (failure !== undefined) throw failure;
        return new Response(body, answer);
      }, patience);
    } catch (error) {
      throw error instanceof Passing ? unreachable(topic, error.message, error) : error;
    }
  };
}
