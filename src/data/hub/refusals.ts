/** Sentences for what the hub does not give. */
import { OnesheetError } from "../../base/errors.ts";
import { inSandbox } from "../../base/sandbox.ts";
import { folderOf, ownRoot } from "./snapshots.ts";
import { pageOf, type Topic } from "./topic.ts";

/** The hub does not answer: no network, or a wrong `HF_ENDPOINT`; or it may not be asked: `HF_HUB_OFFLINE`. */
export class HubUnreachable extends OnesheetError {
  /** The class by name. */
  override name = "HubUnreachable";
}

/** No usable answer in several tries; `reason` is the last one's. */
export const unreachable = ({ what, places }: Topic, reason: string, cause: unknown): HubUnreachable =>
  new HubUnreachable(
    `Cannot fetch ${what}: ${places.hub} is out of reach (${reason}); check the network and HF_ENDPOINT, or use ` +
      "local files",
    { cause },
  );

/** The network is to be left alone. */
export function offline({ what, places: { cache, shared } }: Topic): HubUnreachable {
  if (inSandbox()) {
    return new HubUnreachable(
      `Cannot fetch ${what}: the sandbox has no network; use local files, by --data and by --weights FILE or random`,
    );
  }
  const places = shared === undefined ? `"${cache}" does not have` : `neither "${cache}" nor "${shared}" has`;
  return new HubUnreachable(
    `Cannot fetch ${what}: HF_HUB_OFFLINE is set and ${places} all of it; unset HF_HUB_OFFLINE, or use local files`,
  );
}

/** This process may not connect to the hub, or to the host that the hub points to. */
export const forbidden = ({ what }: Topic, host: string, cause: unknown): HubUnreachable =>
  new HubUnreachable(
    `Cannot fetch ${what}: this process may not connect to ${host}; use local files, set ONESHEET_NET=${host} for a task, or ` +
      `give --allow-net=${host} to deno run`,
    { cause },
  );

/** What a refusal means and what helps. `code` is the hub's `X-Error-Code`. */
function reason(status: number, code: string | null, topic: Topic): string {
  const { repo, places } = topic, { token } = places;
  const set = "set HF_TOKEN to a token of an account that may read it";
  if (code === "GatedRepo" || status === 403) {
    const account = token === undefined ? `, then ${set}` : " with the account of your token";
    return `access to ${repo.name} is restricted; accept its terms on ${pageOf(topic)}${account}`;
  }
  if (status === 401 && token !== undefined && code !== "RepoNotFound") {
    return `it does not accept the token; log in again, or ${set}`;
  }
  if (code === "EntryNotFound") return `${repo.name} has no such file`;
  if (code === "RevisionNotFound") {
    const folder = folderOf(ownRoot(places), repo);
    return `${repo.name} no longer has the commit that was begun with; remove "${folder}" to begin anew`;
  }
  if (status === 401 || status === 404) {
    const hidden = token === undefined
      ? `a private one: check the name, or ${set}`
      : "one your token may not read";
    return `there is no ${repo.type} repository ${repo.name}, or it is ${hidden}`;
  }
  return "it refuses the request";
}

/** The error for an answer of the hub that asking again would not change. */
export function refusal(topic: Topic, { status, headers }: Response): OnesheetError {
  const meaning = reason(status, headers.get("x-error-code"), topic);
  return new OnesheetError(`Cannot fetch ${topic.what}: ${topic.places.hub} answered ${status}, ${meaning}`);
}
