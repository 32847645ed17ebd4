/** Data sets with rows and files that are broken, and what must come of each. */
import { parquetWriteBuffer } from "hyparquet-writer";
import { type HubRow, hubRow, parquetOf } from "../../data/parquet_files.ts";
import { jpeg } from "./pictures.ts";

/** Files by name, in the folder of a data set. */
export type Files = Readonly<Record<string, Uint8Array>>;

const vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "film", "ends", "."].join("\n");

/** One parquet file with a vocabulary beside it. */
export const setOf = (parquet: Uint8Array): Files => ({
  "train-00000-of-00001.parquet": parquet,
  "vocab.txt": new TextEncoder().encode(vocabulary),
});

/** A sound row. */
export const goodRow = (row: number): HubRow =>
  hubRow(`Film ${row} ends.`, row % 2 ? "Drama, War" : "Comedy", jpeg);

/** Sound rows. */
export const goodRows = (count: number): HubRow[] => Array.from({ length: count }, (_, row) => goodRow(row));

const [prompt, answer] = goodRow(0).messages;
const says = (...messages: HubRow["messages"]): HubRow => ({ ...goodRow(0), messages });

/** Rows that cannot be used for what they say, or for what they lack. */
export const badRows: readonly (readonly [what: string, row: HubRow])[] = [
  ["a null image", { ...goodRow(0), images: [{ bytes: null, path: "x.jpg" }] }],
  ["no image in the list", { ...goodRow(0), images: [] }],
  ["no messages", says()],
  ["one message of two", says(prompt)],
  ["a prompt that is null", says({ content: null as unknown as string, role: "user" }, answer)],
];

/** Rows that are odd and can be used: they stay, as the published system has them. */
export const oddRows: readonly (readonly [what: string, row: HubRow])[] = [
  ["an empty plot", hubRow("", "Drama", jpeg)],
  ["no plot in the prompt", says({ content: "Which genres?", role: "user" }, answer)],
  ["no positive label", hubRow("Film ends.", "", jpeg)],
  ["a plot of 20,000 words", hubRow("film ends ".repeat(10_000), "War", jpeg)],
  ["a word of 100,000 letters", hubRow("x".repeat(100_000), "War", jpeg)],
  ["control characters and half a surrogate pair", hubRow("\0\x1b[2J \ud800", "War", jpeg)],
];

const columns = (columnData: Parameters<typeof parquetWriteBuffer>[0]["columnData"]): Files =>
  setOf(new Uint8Array(parquetWriteBuffer({ columnData })));

/** Data sets that are refused whole, each with words of its sentence. */
export const refusedSets: readonly (readonly [what: string, files: Files, words: RegExp])[] = [
  ["no rows", setOf(parquetOf([])), /found none in 0 rows/],
  ["one row", setOf(parquetOf(goodRows(1))), /one side is empty/],
  ["no row that can be used", setOf(parquetOf(badRows.map(([, row]) => row))), /found none in 5 rows/],
  ["an empty file", setOf(new Uint8Array()), /found only empty ones/],
  ["other columns", columns([{ name: "text", data: ["a"] }]), /expected a column "messages", found text/],
  [
    "a column too few",
    columns([{ name: "messages", data: ["a"] }, { name: "poster", data: ["b"] }]),
    /expected a column "images"/,
  ],
  [
    "columns of other types",
    columns([{ name: "messages", data: ["a", "b"] }, { name: "images", data: [1, 2] }]),
    /found none in 2 rows/,
  ],
];
