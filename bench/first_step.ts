/** The command itself, from its start to the end of its first training step, on files that are there. */
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parquetWriteBuffer } from "hyparquet-writer";
import { OnesheetError } from "../src/base/errors.ts";
import { film, filmSchema, messagesOf } from "../src/data/drawn.ts";
import { vocabularyOf } from "../src/data/vocabulary.ts";
import { saveModel } from "../src/store/save.ts";
import { numLabelsOf } from "../src/train/labels.ts";
import { firstValue, plan } from "../src/train/start.ts";
import mmimdb from "../recipes/mmimdb.ts";

const ROWS = 60, VOCABULARY = 1000;

/** Writes a few drawn films of as many genres as the recipe tells apart, and a vocabulary. */
export async function writeFilms(folder: string): Promise<void> {
  const films = Array.from({ length: ROWS }, (_, row) => film(1, row));
  const messages = films.map((film, row) => {
    const [prompt] = messagesOf(film);
    return [prompt, { content: `Genre ${row % numLabelsOf(mmimdb)}`, role: "assistant" }];
  });
  const images = films.map(({ poster }) => [{ bytes: poster, path: null }]);
  const columnData = [{ name: "messages", data: messages }, { name: "images", data: images }];
  const file = parquetWriteBuffer({ schema: filmSchema, columnData });
  await Deno.mkdir(join(folder, "data"), { recursive: true });
  await Deno.writeFile(join(folder, "data", "train-00000-of-00001.parquet"), new Uint8Array(file));
  const words = vocabularyOf(films.map(({ plot }) => plot), VOCABULARY);
  await Deno.writeTextFile(join(folder, "vocab.txt"), words.join("\n") + "\n");
}

/** Writes the exact model's weights, random, under PyTorch's names. */
export async function writeWeights(path: string): Promise<void> {
  const { model } = plan(mmimdb);
  const params = new Map(model.params.map((param) => [param.name, param]));
  const get = (name: string) => Promise.resolve(firstValue(params.get(name)!, mmimdb.seed));
  await saveModel(path, model, { get });
}

/** Waits until something of this name begins to be written into the folder. */
async function written(watcher: Deno.FsWatcher, name: string): Promise<void> {
  for await (const { paths } of watcher) {
    if (paths.some((path) => basename(path).startsWith(name))) return;
  }
}

/**
 * Seconds from the start of `train` with these arguments to the end of its first step, which is when it begins to
 * write the checkpoint that `--max-steps 1` asks for. The command is then ended.
 */
export async function secondsToFirstStep(args: readonly string[]): Promise<number> {
  const run = await Deno.makeTempDir();
  using watcher = Deno.watchFs(run);
  const command = ["run", "-A", "src/cli/main.ts", "train", ...args, "--max-steps", "1", "--run", run];
  const start = performance.now();
  const process = new Deno.Command(Deno.execPath(), {
    args: command,
    cwd: fileURLToPath(new URL("../", import.meta.url)),
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const said = process.stderr.text();
  const ended = process.status.then(() => false);
  const stepped = await Promise.race([written(watcher, "last").then(() => true), ended]);
  const seconds = (performance.now() - start) / 1000;
  if (stepped) process.kill();
  await ended;
  await Deno.remove(run, { recursive: true });
  if (stepped) return seconds;
  throw new OnesheetError(`Cannot bench the first step: the command ended before it: ${(await said).trim()}`);
}
