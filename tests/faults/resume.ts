/** Runs are killed again and again and must come to the same bits as one that nobody disturbed. */
import { random } from "../../src/base/random.ts";
import { writeDrawn } from "../../src/data/drawn.ts";
import { tokenizer } from "../../src/data/tokens.ts";
import { locate } from "../../src/engine/setup.ts";
import { type Hub, repository, withHub } from "../data/hub_server.ts";
import type { Campaign, Tally } from "./campaign.ts";
import {
  type Ending,
  fingerprint,
  halfWritten,
  type Moment,
  type Phase,
  phases,
  type Target,
  train,
} from "./killed.ts";

type Engine = Target["engine"];

/** Latest times of a kill after its phase was seen, milliseconds, and how often that has to be seen at most. */
const ranges: Readonly<Record<Phase, { readonly delay: number; readonly nth: number }>> = {
  download: { delay: 150, nth: 1 },
  caching: { delay: 60, nth: 6 },
  step: { delay: 40, nth: 18 },
  write: { delay: 12, nth: 5 },
  evaluation: { delay: 40, nth: 9 },
};

/** When a run is killed: once in what comes only once, then in everything else, in an order drawn for it. */
function momentsOf(run: number): Moment[] {
  const { integer, uniform, permutation } = random("killed", run);
  const later = phases.slice(2);
  return [...phases.slice(0, 2), ...[...permutation(later.length)].map((i) => later[i])].map((phase) => ({
    phase,
    nth: 1 + integer(ranges[phase].nth),
    delay: uniform(0, ranges[phase].delay),
  }));
}

/** A data set and a vocabulary on a hub whose first answer for the data stalls at some byte. */
async function withFilms(draw: string | number, test: (hub: Hub) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await writeDrawn(folder, { rows: 240, seed: 5 });
    const shard = "data/train-00000-of-00001.parquet";
    const films = await Deno.readFile(`${folder}/${shard}`);
    const vocab = (await Deno.readTextFile(`${folder}/vocab.txt`)).trimEnd().split("\n");
    const words = new TextEncoder().encode(tokenizer({ vocab }).json);
    const repositories = [
      repository("dataset", "owner/films", { [shard]: films }),
      repository("model", "owner/words", { "tokenizer.json": words }),
    ];
    const after = random("stall", draw).integer(films.length);
    await withHub(repositories, test, {
      store: ({ turn }) => turn === 0 && draw !== "whole" ? { kind: "stall", after } : undefined,
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const targetOf = (engine: Engine, { places, folder }: Hub): Target => ({
  engine,
  run: `${folder}/run`,
  env: {
    HF_ENDPOINT: places.hub,
    HF_HOME: `${folder}/huggingface`,
    HF_HUB_CACHE: "",
    HF_HUB_OFFLINE: "",
    HF_TOKEN: "",
    ONESHEET_CACHE: places.cache,
    ONESHEET_TENSORFLOW: locate()?.folder ?? "",
  },
});

const demandDone = ({ code, said }: Ending): void => {
  if (code !== 0) throw new Error(`ended with ${code}: ${said.trim().split("\n").at(-1)}`);
};

/** What a run comes to that nobody disturbs. */
async function undisturbed(engine: Engine): Promise<Record<string, string>> {
  let found = {};
  await withFilms("whole", async (hub) => {
    const target = targetOf(engine, hub);
    demandDone(await train(target));
    found = await fingerprint(target.run);
  });
  return found;
}

/** The kills of one run, by phase, and of how many a half-written checkpoint was left. */
interface Kills {
  readonly phases: Phase[];
  halves: number;
}

/** Trains a run to its end through all its kills; throws when it comes to anything else than the undisturbed one. */
async function killedRun(
  engine: Engine,
  run: number,
  expected: Record<string, string>,
  kills: Kills,
): Promise<void> {
  await withFilms(run, async (hub) => {
    const target = targetOf(engine, hub);
    for (const moment of momentsOf(run)) {
      const ending = await train(target, moment);
      if (ending.code !== undefined) {
        demandDone(ending);
        continue;
      }
      kills.phases.push(moment.phase);
      if (halfWritten(target.run).length > 0) kills.halves++;
    }
    demandDone(await train(target));
    const found = await fingerprint(target.run);
    const different = Object.keys(expected).filter((name) => found[name] !== expected[name]);
    if (different.length > 0) throw new Error(`other ${different.join(", ")}`);
    const left = [...Deno.readDirSync(target.run)].map(({ name }) => name).filter((name) =>
      /tmp$|^lock$/.test(name)
    );
    if (left.length > 0) throw new Error(`left ${left.join(", ")}`);
  });
}

const scales = {
  quick: { portable: 1, tensorflow: 0 },
  full: { portable: 3, tensorflow: 9 },
} as const;

/** Kills, and what became of the runs. */
export const resume: Campaign = {
  name: "resume",
  promise: "A run that is killed goes on and comes to the same bits",
  how:
    "The training command, its data and vocabulary on a loopback hub, is killed by SIGKILL at random moments of its " +
    "download, its caching, its steps, its checkpoints and its evaluations, and started again each time with `--resume` " +
    "(a run that was killed before it began, by its first command). At its end SHA-256 of `best.safetensors`, of the " +
    "last weights, moments and counters, and of `metrics.jsonl` without its `seconds` must equal those of a run that was " +
    "not disturbed, and nothing half-written may be left.",
  run: async (scale, note): Promise<Tally> => {
    const done: { kills: Kills; lost?: string; engine: Engine }[] = [];
    for (const engine of ["portable", "tensorflow"] as const) {
      const runs = scales[scale][engine];
      if (runs === 0) continue;
      const expected = await undisturbed(engine);
      for (let run = 0; run < runs; run++) {
        const kills: Kills = { phases: [], halves: 0 };
        const lost = await killedRun(engine, run, expected, kills).then(
          () => undefined,
          (error) => error.message,
        );
        done.push({ kills, engine, ...(lost && { lost }) });
        note(
          `${engine}, run ${run + 1} of ${runs}: ${lost ?? "the same"} after kills in ${
            kills.phases.join(", ")
          }`,
        );
      }
    }
    const count = (of: typeof done) => of.reduce((sum, { kills }) => sum + kills.phases.length, 0);
    const lost = done.filter((run) => run.lost !== undefined);
    const killed = done.flatMap(({ kills }) => kills.phases);
    return {
      injected: count(done),
      survived: count(done) - count(lost),
      lost: count(lost),
      details: [
        ...phases.map((phase) =>
          `killed in ${names[phase]}: ${killed.filter((one) => one === phase).length}`
        ),
        `of these, with a checkpoint half written: ${done.reduce((sum, { kills }) => sum + kills.halves, 0)}`,
        ...["portable", "tensorflow"].map((engine) => {
          const runs = done.filter((run) => run.engine === engine);
          return `runs on ${engine}: ${runs.length}, with ${count(runs)} kills`;
        }),
        ...lost.map(({ engine, lost }) => `lost: a run on ${engine}: ${lost}`),
      ],
    };
  },
};

const names: Readonly<Record<Phase, string>> = {
  download: "a download",
  caching: "the building of a cache",
  step: "a step",
  write: "the writing of a checkpoint",
  evaluation: "an evaluation",
};
