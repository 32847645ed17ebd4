/** A folder as a model repository of the Hugging Face hub, through `@huggingface/hub`. */
import { checkRepoAccess, createBranch, createRepo, uploadFiles } from "@huggingface/hub";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { oneLine, OnesheetError } from "../../base/errors.ts";
import { Passing, retry, usualPatience } from "../../base/retry.ts";
import { type Places, usualPlaces } from "../places.ts";
import { inVain, NotStored, Refused, sending } from "./send.ts";
import { quoted } from "./topic.ts";

/** Where a folder goes on the hub. */
export interface PushOptions {
  /** `owner/name`. */
  readonly repo: string;
  /** Visible to all where it is not there yet. Default: to its owner only. */
  readonly public?: boolean;
  /** A branch, which is made where it is not there. Default: main. */
  readonly revision?: string;
  /** Title of the commit. Default: "Model and card". */
  readonly message?: string;
}

const MAIN = "main";

/** Whether this can be the name of a model repository, by the hub's rules. */
const isModelName = (name: string): boolean =>
  /^[\w-][\w.-]*\/\w(?:[\w.-]*\w)?$/.test(name) && !/--|\.\.|\.git$/.test(name) && name.length <= 96;

/** The client asks that a token begins with this, which those of other hubs need not; the real one is set by `sending`. */
const PLACEHOLDER = "hf_";

const cannotPush = (repo: string): string => `Cannot push to ${quoted(repo)}`;

/** Refuses a push that cannot succeed, before anything is written or sent: by its name, the token and `HF_HUB_OFFLINE`. */
export function demandPushable(
  { repo, revision = MAIN }: PushOptions,
  { token, offline }: Places = usualPlaces(),
): void {
  const refuse = (why: string): never => {
    throw new OnesheetError(`${cannotPush(repo)}: ${why}`, { exitCode: 2 });
  };
  if (!isModelName(repo)) refuse("expected a name such as owner/model, of letters, digits, -, _ and .");
  if (!/^[\w-][\w./-]*$/.test(revision) || revision.includes("..")) {
    refuse(`expected a branch such as ${MAIN} as --revision, found ${quoted(revision)}`);
  }
  if (offline) refuse("HF_HUB_OFFLINE is set; unset it");
  if (token === undefined) {
    refuse("expected a token that may write, found none; set HF_TOKEN, or log in by `hf auth login`");
  } else if (!/^[\x21-\x7e]+$/.test(token)) {
    refuse("expected a token without spaces and special characters in HF_TOKEN, found another");
  }
}

/**
 * Puts files of a folder into a model repository in one commit; a repository or branch that is not there is made. Gives
 * the address of its page.
 *
 * Errors: as `demandPushable`; a hub that refuses, with its own sentence, or that is out of reach.
 */
export async function pushFolder(
  folder: string,
  names: readonly string[],
  options: PushOptions,
  places: Places = usualPlaces(),
): Promise<string> {
  demandPushable(options, places);
  const { repo, revision = MAIN, message = "Model and card" } = options, { hub } = places;
  const cannot = cannotPush(repo), page = `${hub}/${repo}`;
  const access = {
    hubUrl: hub,
    accessToken: PLACEHOLDER,
    repo: { type: "model" as const, name: repo },
    fetch: sending({ cannot, page, places }),
  };
  const isThere = () => checkRepoAccess(access).then(() => true, () => false);
  /** Does what makes something; where that is refused and it is there already, nothing is missing. */
  const made = (work: Promise<unknown>, there: () => Promise<boolean>) =>
    work.catch(async (error) => {
      if (error instanceof Refused && (error.status === 409 || await there())) return;
      throw error;
    });
  const upload = () =>
    uploadFiles({
      ...access,
      branch: revision,
      commitTitle: message,
      files: names.map((path) => ({ path, content: pathToFileURL(join(folder, path)) })),
      // The store by its plain protocol, as downloads are.
      useXet: false,
    }).catch((error) => {
      throw error instanceof NotStored ? new Passing(error.message, { cause: error }) : error;
    });
  try {
    await made(createRepo({ ...access, visibility: options.public ? "public" : "private" }), isThere);
    if (revision !== MAIN) {
      await made(createBranch({ ...access, branch: revision }), () => Promise.resolve(false));
    }
    await retry(upload, { ...usualPatience, ...places.patience });
  } catch (error) {
    if (error instanceof OnesheetError) throw error;
    if (error instanceof Passing) throw inVain(cannot, "the hub's store", error);
    const found = oneLine(error instanceof Error ? error.message : String(error));
    throw new OnesheetError(
      `${cannot}: expected the answers of a Hugging Face hub from ${hub}, found others (${found}); check HF_ENDPOINT`,
      { cause: error },
    );
  }
  return revision === MAIN ? page : `${page}/tree/${revision}`;
}
