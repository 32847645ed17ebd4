/**
 * The exact recipe, unmodified and at full size, from a hub to a checkpoint: a loopback hub serves random "pretrained"
 * towers under the published names and the shards of a data folder, breaks off two downloads, and is then taken away.
 *
 *     deno task rehearse DIR     # a folder in the layout of the hub data set sxj1215/mmimdb, with 26 labels
 */
import { basename, join } from "node:path";
import mmimdb from "../../recipes/mmimdb.ts";
import { OnesheetError } from "../../src/base/errors.ts";
import type { Command } from "../../src/cli/command.ts";
import type { Parsed } from "../../src/cli/options.ts";
import { userPath } from "../../src/cli/recipes.ts";
import { ending, runCommand } from "../../src/cli/running.ts";
import { openFilms } from "../../src/data/films.ts";
import { shardsOf } from "../../src/data/shards.ts";
import { tokenizer } from "../../src/data/tokens.ts";
import { vocabularyOf } from "../../src/data/vocabulary.ts";
import { float32, sizeOf, type Value } from "../../src/base/value.ts";
import type { Param } from "../../src/dsl/node.ts";
import { locate } from "../../src/engine/setup.ts";
import { random } from "../../src/base/random.ts";
import { table } from "../../src/report/table.ts";
import { openSafetensors } from "../../src/store/safetensors.ts";
import { writeSafetensors } from "../../src/store/write.ts";
import { readMetrics, runFiles } from "../../src/train/run.ts";
import { plan } from "../../src/train/start.ts";
import { type Files, type Hub, repository, withHub } from "../data/hub_server.ts";

const STEPS = 10;

/** A tower's arrays under the names of its published file, with random values; extras are zeros. */
async function published(
  under: string,
  rename: (name: string) => string,
  extras: Readonly<Record<string, readonly number[]>>,
): Promise<Uint8Array> {
  const { model } = plan(mmimdb);
  const params = model.params.filter(({ name, kind }) =>
    name.startsWith(`${under}.`) && (kind === "weight" || name.includes("running"))
  );
  const named = new Map(
    params.map((param): [string, Param] => [rename(param.name.slice(under.length + 1)), param]),
  );
  const shapes = [
    ...[...named].map(([name, { shape }]) => [name, shape] as const),
    ...Object.entries(extras),
  ];
  const value = (name: string): Promise<Value> => {
    const param = named.get(name);
    if (param === undefined) {
      return Promise.resolve(float32(extras[name], new Float32Array(sizeOf(extras[name]))));
    }
    return Promise.resolve(float32(param.shape, param.init(param.shape, random("rehearsal", name))));
  };
  const path = await Deno.makeTempFile();
  await writeSafetensors(
    path,
    shapes.map(([name, shape]) => ({ name, shape, dtype: "F32" as const })),
    value,
  );
  const bytes = await Deno.readFile(path);
  await Deno.remove(path);
  return bytes;
}

const oldNames = (name: string) =>
  "bert." +
  name.replace(/LayerNorm\.weight$/, "LayerNorm.gamma").replace(/LayerNorm\.bias$/, "LayerNorm.beta");

async function shardFiles(folder: string): Promise<Files> {
  const { shards } = await shardsOf(folder);
  return Object.fromEntries(
    await Promise.all(
      shards.map(async ({ path }) => [`data/${basename(path)}`, await Deno.readFile(path)] as const),
    ),
  );
}

async function tokenizerJson(folder: string): Promise<string> {
  const films = await openFilms(folder);
  return tokenizer({ vocab: vocabularyOf(films.texts(), 30522) }).json;
}

/** Runs the real command; gives what it said on standard error. */
async function train(run: string, { places, folder }: Hub, offline: boolean): Promise<string> {
  const args = ["run", "-A", "src/cli/main.ts", "train", "recipes/mmimdb.ts", "--engine", "tensorflow"];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args, "--max-steps", `${STEPS}`, "--run", run],
    cwd: new URL("../../", import.meta.url),
    env: {
      ONESHEET_CACHE: places.cache,
      ONESHEET_TENSORFLOW: locate()!.folder,
      HF_ENDPOINT: places.hub,
      HF_HOME: join(folder, "huggingface"),
      HF_HUB_OFFLINE: offline ? "1" : "0",
    },
  }).output();
  const said = new TextDecoder().decode(stderr);
  if (!success) throw new OnesheetError(`Cannot rehearse: the command failed:\n${said}`);
  return said;
}

/** One line of the summary: what a run came to. */
async function line(what: string, run: string, asked: number): Promise<string[]> {
  using best = await openSafetensors(runFiles(run).best);
  const [{ step, train_loss, val_loss }] = await readMetrics(run);
  return [what, `${asked}`, `${step}`, train_loss.toFixed(6), val_loss.toFixed(6), `${best.entries.size}`];
}

const command = {
  name: "rehearse",
  summary:
    "Runs the exact recipe at full size from a loopback hub to a checkpoint, downloads cut on the way.",
  positionals: {
    folder: { help: "data in the layout of the hub data set sxj1215/mmimdb", required: true },
  },
  options: {},
  examples: ["deno task rehearse mmimdb/"],
} as const satisfies Command;

async function rehearse({ positionals }: Parsed<typeof command>): Promise<number> {
  const data = userPath(positionals.folder);
  const files = { "tokenizer.json": new TextEncoder().encode(await tokenizerJson(data)) };
  if (locate() === undefined) {
    throw new OnesheetError("Cannot rehearse: libtensorflow is not set up; run `deno task setup`");
  }
  const bert = await published("text_backbone", oldNames, {
    "cls.predictions.bias": [30522],
    "cls.seq_relationship.weight": [2, 768],
  });
  const resnet = await published("image_backbone", (name) => name, {
    "fc.weight": [1000, 2048],
    "fc.bias": [1000],
  });
  const repositories = [
    repository("dataset", "sxj1215/mmimdb", await shardFiles(data)),
    repository("model", "google-bert/bert-base-uncased", { ...files, "model.safetensors": bert }),
    repository("model", "timm/resnet50.tv2_in1k", { "model.safetensors": resnet }),
  ];
  let cuts = 0;
  const cutTwice = ({ turn }: { readonly turn: number }) => {
    if (turn > 0 || cuts === 2) return undefined;
    cuts++;
    return { kind: "cut", after: 1_000_000 } as const;
  };
  await withHub(repositories, async (hub) => {
    const [first, second] = ["first", "second"].map((name) => join(hub.folder, name));
    console.error(await train(first, hub, false));
    const resumed = hub.store.asked.filter(({ start }) => start > 0).map(({ start }) => start);
    const asked = hub.asked.length + hub.store.asked.length;
    console.error(await train(second, hub, true));
    const later = hub.asked.length + hub.store.asked.length - asked;
    const head = ["run", "requests", "steps", "train loss", "val loss", "names"];
    const rows = [await line("from the hub", first, asked), await line("HF_HUB_OFFLINE=1", second, later)];
    console.log(table({ head, rows }));
    console.log(`downloads cut: ${cuts}; gone on with from byte ${resumed.join(", ")}`);
  }, { store: cutTwice });
  return 0;
}

if (import.meta.main) Deno.exit(await ending(() => runCommand(command, Deno.args, rehearse)));
