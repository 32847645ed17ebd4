/**
 * Where rows come from: sources, augmentations, the split, and what a source of one's own has to give.
 *
 * @module
 */
export type { Choice } from "../base/choice.ts";
export type { Random } from "../base/random.ts";
export type { Patience } from "../base/retry.ts";
export type { Value } from "../base/value.ts";
export * from "./augment.ts";
export type { CorpusDataset, CorpusOptions } from "./corpus_dataset.ts";
export { csvFolder, type CsvFolderOptions, type CsvFolderSource } from "./csv_folder.ts";
export { drawnFilms, type DrawnFilmsOptions } from "./drawn_source.ts";
export { type Examples, examples, type ExamplesSource, type LabelledExample } from "./examples.ts";
export type { Frame } from "./framed.ts";
export { graph, type GraphOptions } from "./graph.ts";
export type { ImagePreparation } from "./images.ts";
export { mmimdb, type MmimdbOptions, type MmimdbSource } from "./mmimdb.ts";
export { imagenet, mmimdbPosters, type Moments } from "./normalize.ts";
export type { Picture } from "./picture.ts";
export type { Places } from "./places.ts";
export type { Range } from "./ranges.ts";
export type { Preparation } from "./rows.ts";
export type {
  Batch,
  ConstantSpec,
  Dataset,
  Draw,
  Example,
  InputSpec,
  OpenOptions,
  Reader,
  RecordedRows,
  RecordedSplit,
  RowIdentity,
  Rows,
  Shown,
  Skipped,
  Source,
} from "./source.ts";
export { type SplitOptions, trainTestSplit } from "./split.ts";
export type { FoundTokenizer } from "./tokenizer_for.ts";
export type { Tokenizer, Tokens } from "./tokens.ts";
