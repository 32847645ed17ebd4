/** Where rows come from: a recipe names a source, the runner opens it and asks for batches. */
import type { Value, Values } from "../base/value.ts";
import type { Picture } from "./picture.ts";

/** What the model is given under one name: its shape without the batch axis, and its type. */
export interface InputSpec {
  /** Sizes of the axes after the batch's. */
  readonly shape: readonly number[];
  /** Type of its numbers. */
  readonly dtype: "float32" | "int32";
}

/** What the model is given once and for all rows: its shape, in which data says how long a named axis is. */
export interface ConstantSpec {
  /** Sizes of all axes. */
  readonly shape: readonly (number | "nodes" | "edges")[];
  /** Type of its numbers. */
  readonly dtype: "float32" | "int32";
}

/** Rows made ready for the model. */
export interface Batch {
  /** By input name; first axis is the batch. */
  readonly inputs: Readonly<Record<string, Value>>;
  /** 0 or 1, `[batch, labels]`, row-major. */
  readonly labels: Float32Array;
}

/** What makes a training batch random: the same draw gives the same batch. */
export interface Draw {
  /** The recipe's. */
  readonly seed: number;
  /** From 0. */
  readonly epoch: number;
}

/** A row as a person sees it. */
export interface Shown {
  /** The picture that the model is given, if there is one. */
  readonly picture?: Picture;
  /** The whole text, before it is cut into tokens. */
  readonly text: string;
}

/** What a row is, wherever it stands. */
export interface RowIdentity {
  /** A digest of its text and its image; of rows that are equal in both, the second and later ones are numbered. */
  readonly id: string;
  /** Positions of its labels among those of the data set, rising. */
  readonly labels: readonly number[];
}

/** The rows of one side as a run recorded them, in its order. */
export interface RecordedRows {
  /** Row numbers when the run began. */
  readonly rows: Int32Array;
  /** Of each row; without them the source cannot tell rows by their content. */
  readonly identities?: readonly RowIdentity[];
}

/** The rows of a run, as it recorded them when it began. */
export interface RecordedSplit {
  /** The run folder, for messages. */
  readonly run: string;
  /** In the order of the model's outputs. */
  readonly labels: readonly string[];
  /** Rows of the whole data set that could be used then. */
  readonly size: number;
  /** Rows to learn from. */
  readonly train: RecordedRows;
  /** Rows that choose the best epoch. */
  readonly validation: RecordedRows;
  /** Rows to test with, in a comparison. */
  readonly test?: RecordedRows;
}

/** One side of the split. */
export interface Rows {
  /** How many there are. */
  readonly size: number;
  /** Identifies each position to a person: row number in the data set. */
  readonly ids: Int32Array;
  /** What each row is; a source that cannot tell rows by their content has none. */
  identities?(): Promise<readonly RowIdentity[]>;
  /** How many of the rows have each label. */
  readonly positives?: () => number[];
  /** The rows at these positions; augmented when a draw is given. */
  batch(positions: Int32Array, draw?: Draw): Promise<Batch>;
  /** A few rows for people, in the order of the positions; a report goes without them where a source cannot tell. */
  shown?(positions: Int32Array): Promise<readonly Shown[]>;
}

/** A row that cannot be used. */
export interface Skipped {
  /** Row number in the data set. */
  readonly row: number;
  /** What is wrong with it, in a few printable words. */
  readonly reason: string;
}

/** An opened source. */
export interface Dataset extends AsyncDisposable {
  /** Of all rows, in the order of the model's outputs. */
  readonly labels: readonly string[];
  /** Rows to learn from. */
  readonly train: Rows;
  /** Rows to judge by. */
  readonly validation: Rows;
  /** Rows to test with, in a comparison. */
  readonly test?: Rows;
  /** Rows of the whole data set that can be used. Default: those of all sides. */
  readonly size?: number;
  /** The numbers of an input of whole numbers are below this, by input name: of token ids, the size of the vocabulary. */
  readonly below?: Readonly<Record<string, number>>;
  /** What the engine's memory holds for all rows, by input name. */
  readonly constants?: Values;
  /** Rows that are the nodes of a graph, one part after the other, whatever becomes of the sides. */
  readonly nodes?: readonly Rows[];
  /** Stands for all that rows without a draw depend on: where they may differ, it does. */
  readonly key?: string;
  /** Small files, by name, that a run keeps so that other examples are read as these were: the vocabulary, say. */
  readonly kept: Readonly<Record<string, string>>;
  /** What was made up because the real thing was out of reach; only weights that start at random can go with it. */
  readonly makeshift?: string;
  /** Rows that cannot be used, by row number; neither side has them. */
  readonly skipped?: readonly Skipped[];
  /** What a person should know of the data, a sentence each. */
  readonly notes?: readonly string[];
}

/** An example from outside the data set: the bytes of an image file and a text. */
export interface Example {
  /** The file's bytes. */
  readonly image: Uint8Array;
  /** The text as it is. */
  readonly text: string;
}

/** Makes examples ready for the model: its inputs by name. */
export type Reader = (examples: readonly Example[]) => Promise<Readonly<Record<string, Value>>>;

/** What the command line may say about the data. */
export interface OpenOptions {
  /** A folder in the source's layout; without it the source finds its data itself. */
  readonly data?: string;
  /** A folder with the files that a run kept, to read the data as that run did. */
  readonly kept?: string;
  /** Use only the first rows of the training and of the validation side. */
  readonly limit?: number;
  /** The rows of a run, to be opened again as they were. Default: the rows are split anew. */
  readonly split?: RecordedSplit;
  /** With `split`: of data that has not all of its validation rows, every row is opened as one. */
  readonly orWhole?: boolean;
  /** The inputs that the model looks at, when not all: the others need not be made. */
  readonly inputs?: readonly string[];
  /** Inputs that another model will want of the same rows: one that cannot give them is left out as well. */
  readonly alsoFor?: readonly string[];
  /** Told how far a long preparation is: rows done and rows in all, or bytes where `what` ends with "(bytes)". */
  readonly onProgress?: (what: string, done: number, total: number) => void;
}

/** Data as a recipe names it; made by a choice, so that its settings print and can be overridden. */
export interface Source {
  /** What the model is given, by name. */
  readonly inputs: Readonly<Record<string, InputSpec>>;
  /** What it is given beside them for all rows at once, by name. */
  readonly constants?: Readonly<Record<string, ConstantSpec>>;
  /** Paths of settings that only say where the data is: what is found there is compared by its content. */
  readonly places?: readonly string[];
  /** Finds the data and makes it ready. */
  open(options: OpenOptions): Promise<Dataset>;
  /** Reads single examples as a run did; the folder holds the files that it kept. */
  reader(kept: string): Promise<Reader>;
}
