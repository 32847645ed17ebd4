/** A folder as a model repository of the Hugging Face hub, through `@huggingface/hub`. */
import { createRepo, HubApiError, uploadFiles } from "@huggingface/hub";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf, OnesheetError } from "../../base/errors.ts";
import { type Places, usualPlaces } from "../places.ts";
import { quoted } from "./topic.ts";

/** What a refusal means, by its status. */
function reason(error: unknown): string {
  if (!(error instanceof HubApiError)) return `${messageOf(error)}; check the network and HF_ENDPOINT`;
  const { statusCode } = error;
  if (statusCode === 401 || statusCode === 403) {
    return `it answered ${statusCode}; set HF_TOKEN to a token of an account that may write there`;
  }
  return `it answered ${statusCode} (${error.message})`;
}

/**
 * Puts files of a folder into a model repository in one commit; one that is not there is made, visible to its owner
 * only. Gives the address of its page.
 *
 * Errors: no token, a name that is none, a hub that refuses or is out of reach.
 */
export async function pushFolder(
  repo: string,
  folder: string,
  names: readonly string[],
  places: Places = usualPlaces(),
): Promise<string> {
  const { hub, token, offline } = places;
  const fail = (why: string, cause?: unknown): never => {
    throw new OnesheetError(`Cannot push to ${quoted(repo)}: ${why}`, { cause, exitCode: cause ? 1 : 2 });
  };
  if (!/^[\w-][\w.-]*\/[\w-][\w.-]*$/.test(repo)) fail("expected a name such as owner/model");
  if (offline) fail("HF_HUB_OFFLINE is set; unset it");
  if (!token?.startsWith("hf_")) {
    const found = token === undefined ? "none" : "something else";
    return fail(`expected a token that may write (hf_…), found ${found}; set HF_TOKEN, or \`hf auth login\``);
  }
  const access = { hubUrl: hub, accessToken: token, repo: { type: "model" as const, name: repo } };
  try {
    await createRepo({ ...access, visibility: "private" }).catch((error) => {
      if (!(error instanceof HubApiError && error.statusCode === 409)) throw error; // it is there
    });
    await uploadFiles({
      ...access,
      commitTitle: "Model and card",
      files: names.map((path) => ({ path, content: pathToFileURL(join(folder, path)) })),
    });
  } catch (error) {
    fail(`${hub} does not take it: ${reason(error)}`, error);
  }
  return `${hub}/${repo}`;
}
