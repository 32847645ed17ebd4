/** Requests that change something on the hub, by the policy of downloads: what may pass is tried again. */
import { oneLine, OnesheetError } from "../../base/errors.ts";
import { busy, Passing, retry, usualPatience, watch } from "../../base/retry.ts";
import type { Places } from "../places.ts";
import { isRedirect } from "./ask.ts";

/** The hub, or the store that it points to, does not take what is sent; asking again would change nothing. */
export class Refused extends OnesheetError {
  /** The class by name. */
  override name = "Refused";
  /** Of the answer. */
  readonly status: number;
  /** A refusal with its sentence. */
  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/** The store does not take a file: an address there is good for a while only, and the hub gives a new one. */
export class NotStored extends OnesheetError {
  /** The class by name. */
  override name = "NotStored";
}

/** Redirects that are followed; the hub needs one when a repository has moved. */
const HOPS = 5;
/** Bytes a second below which an upload counts as cut. */
const SLOWEST = 20_000;
/** Characters of a refusal that are shown. */
const LONGEST = 500;

const sizeOf = (body: RequestInit["body"]): number =>
  body instanceof Blob ? body.size : typeof body === "string" ? body.length : 0;

/** What the hub says to an answer that is none of success, on one line; empty where it says nothing. */
async function saying(answer: Response): Promise<string> {
  const text = (await answer.text().catch(() => "")).slice(0, 1e5);
  const own = answer.headers.get("x-error-message");
  if (own) return oneLine(own).slice(0, LONGEST);
  try {
    const { error, message } = JSON.parse(text);
    return oneLine([error, message].find((said) => typeof said === "string") ?? "").slice(0, LONGEST);
  } catch {
    const isWords = /^text\/plain/.test(answer.headers.get("content-type") ?? "");
    // S3 answers in XML.
    const said = /<Message>([^<]*)<\/Message>/.exec(text)?.[1] ?? (isWords ? text : "");
    return oneLine(said.trim()).slice(0, LONGEST);
  }
}

/** What helps against a refusal. */
function wayOut(status: number, code: string | null, said: string, page: string): string {
  if (code === "GatedRepo") return `; accept its terms on ${page}`;
  if (status === 401 || status === 403 && said === "") {
    return "; set HF_TOKEN to a token of an account that may write there, or log in by `hf auth login`";
  }
  if (status === 400 && said.includes("README.md")) return "; correct README.md in the folder";
  return "";
}

/** Where a request goes. */
export interface Receiver {
  /** What is done, as a sentence begins: `Cannot push to "me/films"`. */
  readonly cannot: string;
  /** The repository's page. */
  readonly page: string;
  readonly places: Places;
}

/**
 * `fetch` for a push, whose answers come whole. The token goes to the hub's own address and to no other. A busy server, a
 * cut or silent connection and a commit that came in between are tried again; what is refused for good is
 * {@link Refused} with the hub's own sentence, by the store {@link NotStored}.
 */
export function sending({ cannot, page, places }: Receiver): typeof fetch {
  const { hub, token } = places, patience = { ...usualPatience, ...places.patience };
  const isHub = (url: URL) => url.origin === new URL(hub).origin;

  /** The answer's own, or what it means when it is none of success. */
  async function judged(answer: Response, url: URL): Promise<Response> {
    if (answer.ok) return new Response(await answer.blob(), answer);
    const passing = busy(answer), { status, headers } = answer, said = await saying(answer);
    if (passing !== undefined) throw passing;
    if (status === 412) throw new Passing(said || "the repository has changed in between");
    const sentence = `${url.host} answered ${status}${said && `: ${said.replace(/\.$/, "")}`}`;
    if (!isHub(url)) throw new NotStored(sentence);
    const help = wayOut(status, headers.get("x-error-code"), said, page);
    throw new Refused(`${cannot}: ${sentence}${help}`, status);
  }

  const forbidden = (url: URL, cause: unknown): OnesheetError =>
    new OnesheetError(
      `${cannot}: this process may not connect to ${url.host}; set ONESHEET_NET=${url.hostname} for a task, or give ` +
        `--allow-net=${url.hostname} to deno run`,
      { cause },
    );

  async function once(start: URL, init: RequestInit): Promise<Response> {
    const longest = patience.quiet + sizeOf(init.body) / SLOWEST * 1000;
    using connection = watch(longest, init.signal ?? undefined);
    let url = start;
    for (let hop = 0; hop <= HOPS; hop++) {
      const headers = new Headers(init.headers);
      if (isHub(url)) headers.set("authorization", `Bearer ${token}`);
      else if (isHub(start)) headers.delete("authorization");
      const answer = await connection.hear(
        fetch(url, { ...init, headers, redirect: "manual", signal: connection.signal }).catch((error) => {
          throw error instanceof Deno.errors.NotCapable ? forbidden(url, error) : error;
        }),
      );
      const location = isRedirect(answer) ? answer.headers.get("location") : null;
      if (location === null) return await connection.hear(judged(answer, url));
      await answer.body?.cancel();
      const target = URL.parse(location, url);
      if (target?.protocol !== "https:" && target?.protocol !== "http:") break;
      url = target;
    }
    throw new OnesheetError(`${cannot}: ${hub} redirects to nowhere; check HF_ENDPOINT`);
  }

  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    try {
      return await retry(() => once(url, init), patience);
    } catch (error) {
      throw error instanceof Passing ? inVain(cannot, url.host, error) : error;
    }
  };
}

/** The error of what was tried again in vain. */
export const inVain = (cannot: string, host: string, last: Error): OnesheetError =>
  new OnesheetError(
    `${cannot}: several tries at ${host} failed (${last.message}); check the network and HF_ENDPOINT, or try again later`,
    { cause: last },
  );
