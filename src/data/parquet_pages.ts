/**
 * The pages of a parquet column, decoded one after the other within bounds: their headers and runs say how many values and
 * bytes they become, and a small file can name any number.
 */
import type { CompressionCodec, DataReader, DecodedArray, PageHeader } from "hyparquet";
import { decompressLz4, decompressLz4Raw } from "hyparquet-compressors";
import { parquetHeader, readPage } from "hyparquet/src/column.js";
import { convert } from "hyparquet/src/convert.js";
import { decompressPage } from "hyparquet/src/datapage.js";
import { deltaBinaryUnpack } from "hyparquet/src/delta.js";
import { getMaxDefinitionLevel, getMaxRepetitionLevel } from "hyparquet/src/schema.js";
import { readVarInt } from "hyparquet/src/thrift.js";
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import { checkStruct } from "./thrift.ts";

/** What hyparquet must know of a column to decode it. */
export type Decoder = Parameters<typeof readPage>[2];

/** A file that is not broken and cannot be read: its message has the reason and the way out. */
export class Unreadable extends Error {}

/** Values of a row group that are read together, each item of a list one: about 1.5 GB of memory. */
const MOST_VALUES = 2 ** 22;

/** Bytes that the pages of a row group may become beyond what they are in the file. */
export const MOST_INFLATED = 2 ** 29;

const smaller = "write it again with smaller row groups, such as row_group_size=1000";

/** Refuses columns of more values than fit into memory together. */
export function demandFewValues(values: bigint): void {
  if (values <= MOST_VALUES) return;
  throw new Unreadable(`expected at most ${MOST_VALUES} values in a row group, found ${values}; ${smaller}`);
}

/** Counts down the bytes that compressed pages become. */
export interface Budget {
  /** How many are left. */
  left: number;
}

function spend(budget: Budget, bytes: number): void {
  if ((budget.left -= Math.max(0, bytes)) >= 0) return;
  throw new Unreadable(
    `expected pages that grow by at most ${MOST_INFLATED} bytes in a row group, found more; ${smaller}`,
  );
}

type Decompress = (input: Uint8Array, length: number) => Uint8Array;

/** By codec; each gives `length` bytes or fewer, or throws. Those that hyparquet has itself are not here. */
const codecs: Partial<Record<CompressionCodec, Decompress>> = {
  GZIP: (input, length) => gunzipSync(input, { maxOutputLength: length }),
  BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: length }),
  ZSTD: (input, length) => zstdDecompressSync(input, { maxOutputLength: length }),
  LZ4: decompressLz4,
  LZ4_RAW: decompressLz4Raw,
};

function decompressed(
  input: Uint8Array,
  length: number,
  codec: CompressionCodec,
  budget: Budget,
): Uint8Array {
  if (codec !== undefined && codec !== "UNCOMPRESSED" && codec !== "SNAPPY" && codecs[codec] === undefined) {
    throw new Unreadable(`it is compressed with ${codec}, which is not supported; write it again with zstd`);
  }
  spend(budget, length - input.length);
  return length === 0 ? new Uint8Array() : decompressPage(input, length, codec, codecs);
}

const readerOf = (bytes: Uint8Array): DataReader => ({
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  offset: 0,
});

/** Bits of a level. */
const widthOf = (most: number): number => 32 - Math.clz32(most);

/** Throws where runs of `width` bits have more than `count` values, of which nulls are none: hyparquet would make room for them. */
function checkRuns(reader: DataReader, width: number, count: number): void {
  for (let seen = 0; seen < count && reader.offset < reader.view.byteLength;) {
    const run = readVarInt(reader);
    const isPacked = (run & 1) === 1, values = isPacked ? (run >> 1) * 8 : run >>> 1;
    reader.offset += isPacked ? (run >> 1) * width : (width + 7) >> 3;
    seen += values;
    // Packed values come in eights, and those of some width are bounded by the bytes they take.
    if (values <= 0 || (isPacked ? width === 0 && seen > count + 7 : seen > count)) {
      throw new Error(`a run goes beyond its ${count} values`);
    }
  }
}

/** As `checkRuns`, of runs behind their length. */
function checkMeasuredRuns(reader: DataReader, width: number, count: number): void {
  const end = reader.offset + 4 + reader.view.getUint32(reader.offset, true);
  reader.offset += 4;
  checkRuns(reader, width, count);
  reader.offset = end;
}

/** Throws where values that are not simply there would become more than `count`, or more bytes than may be. */
function checkValues(reader: DataReader, encoding: string, count: number, { type }: Decoder, budget: Budget) {
  if (encoding === "RLE" && type === "BOOLEAN") checkMeasuredRuns(reader, 1, count);
  else if (encoding === "RLE" || encoding.endsWith("_DICTIONARY")) {
    const width = reader.view.getUint8(reader.offset++);
    if (width > 0) checkRuns(reader, width, count);
  } else if (encoding === "DELTA_BYTE_ARRAY") {
    const prefixes = new Int32Array(count);
    deltaBinaryUnpack(reader, count, prefixes);
    spend(budget, prefixes.reduce((sum, length) => sum + Math.max(0, length), 0));
  }
}

/** A page without compression, checked, and its header. */
interface Plain {
  readonly header: PageHeader;
  readonly bytes: Uint8Array;
}

/** Data page v1: levels and values are compressed together. */
function plainV1(header: PageHeader, body: Uint8Array, decoder: Decoder, budget: Budget): Plain {
  const { num_values, encoding } = header.data_page_header!;
  const bytes = decompressed(body, header.uncompressed_page_size, decoder.codec, budget);
  const reader = readerOf(bytes);
  for (const most of [getMaxRepetitionLevel(decoder.schemaPath), getMaxDefinitionLevel(decoder.schemaPath)]) {
    if (most > 0) checkMeasuredRuns(reader, widthOf(most), num_values);
  }
  checkValues(reader, encoding, num_values, decoder, budget);
  return { header, bytes };
}

/** Data page v2: levels are not compressed, and have their lengths in the header. */
function plainV2(header: PageHeader, body: Uint8Array, decoder: Decoder, budget: Budget): Plain {
  const page = header.data_page_header_v2!;
  const { num_values, num_nulls, encoding, is_compressed } = page;
  const [repetition, definition] = [page.repetition_levels_byte_length, page.definition_levels_byte_length];
  const levels = body.subarray(0, repetition + definition);
  if (num_nulls < 0 || num_nulls > num_values || repetition < 0 || definition < 0) {
    throw new Error("a page names more nulls than values, or levels of no length");
  }
  const counts = [
    [0, getMaxRepetitionLevel(decoder.schemaPath)],
    [repetition, getMaxDefinitionLevel(decoder.schemaPath)],
  ];
  for (const [offset, most] of counts) {
    if (most > 0) checkRuns({ ...readerOf(levels), offset }, widthOf(most), num_values);
  }
  const codec = is_compressed === false ? "UNCOMPRESSED" : decoder.codec;
  const length = header.uncompressed_page_size - levels.length;
  const values = decompressed(body.subarray(levels.length), length, codec, budget);
  if (values.length > 0) checkValues(readerOf(values), encoding, num_values - num_nulls, decoder, budget);
  const bytes = new Uint8Array(levels.length + values.length);
  bytes.set(levels);
  bytes.set(values, levels.length);
  return { header: { ...header, data_page_header_v2: { ...page, is_compressed: false } }, bytes };
}

function plainDictionary(header: PageHeader, body: Uint8Array, decoder: Decoder, budget: Budget): Plain {
  demandFewValues(BigInt(header.dictionary_page_header!.num_values));
  return { header, bytes: decompressed(body, header.uncompressed_page_size, decoder.codec, budget) };
}

/** How the pages of a kind become plain; by the names of the format. */
const plains: Readonly<Record<string, typeof plainV1>> = {
  DICTIONARY_PAGE: plainDictionary,
  DATA_PAGE: plainV1,
  DATA_PAGE_V2: plainV2,
};

/**
 * The values of a column of a row group, from the bytes of its pages: parts of it in order. `count` is how many it has;
 * the budget is shared by the columns that are read together.
 *
 * Errors: {@link Unreadable}; another Error where the pages are not as their headers say.
 */
export function columnValues(
  chunk: Uint8Array,
  count: number,
  decoder: Decoder,
  budget: Budget,
): DecodedArray[] {
  const reader = readerOf(chunk), parts: DecodedArray[] = [];
  const plainDecoder: Decoder = { ...decoder, codec: "UNCOMPRESSED" };
  let dictionary: DecodedArray | undefined, last: DecodedArray | undefined;
  for (let seen = 0; seen < count;) {
    checkStruct({ ...reader });
    const header = parquetHeader(reader);
    const { compressed_page_size: size, uncompressed_page_size: length, type } = header;
    const about = type === "DATA_PAGE_V2" ? header.data_page_header_v2 : header.data_page_header;
    const values = type === "DICTIONARY_PAGE" ? 0 : about?.num_values ?? 0;
    if (
      size < 0 || length < 0 || values < 0 || size > chunk.length - reader.offset || values > count - seen
    ) {
      throw new Error(
        `a page of ${size} bytes and ${values} values is larger than what is left of its column`,
      );
    }
    const body = chunk.subarray(reader.offset, reader.offset += size);
    if (type === "INDEX_PAGE") continue;
    const { header: plainHeader, bytes } = plains[type](header, body, decoder, budget);
    const of = { ...plainHeader, compressed_page_size: bytes.length, uncompressed_page_size: bytes.length };
    const { data } = readPage(readerOf(bytes), of, plainDecoder, dictionary, last, 0);
    if (data !== undefined && type === "DICTIONARY_PAGE") dictionary = convert(data, plainDecoder);
    // A list may go on in the next page, which then adds to the same part.
    else if (data !== undefined && data !== last) parts.push(last = data);
    seen += values;
  }
  return parts;
}
