/** Writes down what a run tells while it goes on: its report and its events for TensorBoard. */
import { messageOf, OnesheetError } from "../base/errors.ts";
import { imageHeader } from "../data/image_header.ts";
import { type EventLog, openEvents } from "../report/events/log.ts";
import type { Logged } from "../report/events/event.ts";
import { STEP_LOSS } from "../report/run.ts";
import type { TrainEvent } from "../train/events.ts";
import { type EpochMetrics, readMetrics, readRecord, runFiles } from "../train/run.ts";
import { readExamples } from "../train/validation.ts";
import { type Reported, writeReport } from "./reported.ts";

/** The tag of the recipe, and one that every epoch has. */
const [RECIPE, MACRO] = ["recipe", "f1/macro"];

/** Posters of either kind that TensorBoard is given. */
const POSTERS = 3;

const scalars = (row: EpochMetrics): Logged[] =>
  Object.entries({
    "loss/training": row.train_loss,
    "loss/validation": row.val_loss,
    [MACRO]: row.macro_f1,
    "f1/micro": row.micro_f1,
    "f1/weighted": row.weighted_f1,
    "f1/samples": row.samples_f1,
    "learning rate": row.lr,
  }).map(([tag, scalar]) => ({ tag, scalar }));

/** The posters that the newest best weights are most right and most wrong about. */
async function posters(folder: string): Promise<Logged[]> {
  const examples = await readExamples(folder);
  return (["best", "worst"] as const).flatMap((which) => {
    const pictures = examples.flatMap((one) => one.which === which && one.picture ? [one.picture] : []);
    return pictures.slice(0, POSTERS).map((picture, i) => {
      const image = Uint8Array.fromBase64(picture), { width, height } = imageHeader(image);
      return { tag: `${which}/${i + 1}`, width, height, image };
    });
  });
}

/** The last step that counts when this is the first that is heard. */
function stepBefore(event: TrainEvent): number {
  if (event.kind === "step") return event.step - 1;
  return event.kind === "epoch" ? event.metrics.step : Infinity;
}

/** The event file of a run that goes on with this: what it holds of later steps, or of a part of an epoch, goes. */
async function openLog(folder: string, event: TrainEvent): Promise<EventLog> {
  const before = stepBefore(event), rows = await readMetrics(folder);
  const whole = new Set(rows.flatMap(({ step, partial }) => partial ? [] : [step]));
  const log = await openEvents(
    runFiles(folder).events,
    ({ step, tags }) =>
      step <= before && !tags.includes(RECIPE) && (tags.includes(STEP_LOSS) || whole.has(step)),
  );
  const { recipe } = await readRecord(folder);
  log.add(0, [{ tag: RECIPE, text: "```json\n" + JSON.stringify(recipe, null, 2) + "\n```" }]);
  return log;
}

/** What writes a run down. */
export interface Recorder extends Disposable {
  /** Hears an event and writes what follows from it. */
  hear(event: TrainEvent): Promise<void>;
}

/** Who else hears of a run. */
export interface RecorderOptions {
  readonly tell: (line: string) => void;
  /** Shows each report as soon as there is one. */
  readonly show?: (reported: Reported) => void;
}

/** A report may take this part of the time; epochs that are shorter than it allows go without one of their own. */
const SHARE = 0.05;

/** Writes down the run in a folder, which has begun before the first event is heard. */
export function recorder(folder: string, { tell, show }: RecorderOptions): Recorder {
  let log: EventLog | undefined;
  let due = 0;
  const told = new Set<number>();

  /** Epochs of which nothing was told yet: the newest, and one that a kill kept from being told. */
  const logEpochs = (rows: readonly EpochMetrics[]) => {
    for (const row of rows) {
      if (!told.has(row.step)) log!.add(row.step, scalars(row));
      told.add(row.step);
    }
  };
  const logEvent = async (event: TrainEvent): Promise<void> => {
    if (log === undefined) {
      log = await openLog(folder, event);
      for (const { step, tags } of log.kept) if (tags.includes(MACRO)) told.add(step);
    }
    if (event.kind === "step") return log.add(event.step, [{ tag: STEP_LOSS, scalar: event.batchLoss }]);
    logEpochs(event.kind === "epoch" ? event.curves : event.metrics);
    if (event.kind === "epoch" && event.metrics.best) log.add(event.metrics.step, await posters(folder));
  };
  const report = async (): Promise<void> => {
    const started = performance.now();
    try {
      const reported = await writeReport(folder);
      show?.(reported);
    } catch (error) {
      if (error instanceof OnesheetError) throw error;
      // A chart that cannot be drawn is no reason to end a run.
      tell(`warning: no report was written: ${messageOf(error)}`);
    }
    const ended = performance.now();
    due = show ? 0 : ended + (ended - started) / SHARE;
  };
  return {
    hear: async (event) => {
      await logEvent(event).catch((cause) => {
        if (cause instanceof OnesheetError) throw cause;
        throw new OnesheetError(
          `Cannot write "${runFiles(folder).events}": ${
            messageOf(cause)
          }; --resume goes on from the last checkpoint`,
          { cause },
        );
      });
      if (event.kind === "end" || event.kind === "epoch" && performance.now() >= due) await report();
    },
    [Symbol.dispose]: () => log?.[Symbol.dispose](),
  };
}
