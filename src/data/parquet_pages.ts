/** The pages of a parquet column, decoded one after the other within the bounds of `parquet_bounds.ts`. */
import type { CompressionCodec, DataReader, DecodedArray, Encoding, PageHeader } from "hyparquet";
import { decompressLz4, decompressLz4Raw } from "hyparquet-compressors";
import { assembleLists } from "hyparquet/src/assemble.js";
import { parquetHeader, readPage } from "hyparquet/src/column.js";
import { convert, convertWithDictionary } from "hyparquet/src/convert.js";
import { decompressPage, readDataPage, readDataPageV2 } from "hyparquet/src/datapage.js";
import { getMaxDefinitionLevel, getMaxRepetitionLevel } from "hyparquet/src/schema.js";
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import {
  type Budget,
  checkMeasuredRuns,
  checkRuns,
  checkValues,
  cutRows,
  demandSmallPage,
  type Levels,
  spendBytes,
  Unreadable,
  widthOf,
} from "./parquet_bounds.ts";
import { checkStruct } from "./thrift.ts";

/** What hyparquet must know of a column to decode it. */
export type Decoder = Parameters<typeof readPage>[2];

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
  spendBytes(budget, length - input.length);
  return length === 0 ? new Uint8Array() : decompressPage(input, length, codec, codecs);
}

const readerOf = (bytes: Uint8Array): DataReader => ({
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  offset: 0,
});

const levelsOf = ({ schemaPath }: Decoder): { repetition: number; definition: number } => ({
  repetition: getMaxRepetitionLevel(schemaPath),
  definition: getMaxDefinitionLevel(schemaPath),
});

/** The values of a page that has been checked, in the column's type. */
const converted = (
  { definitionLevels, repetitionLevels, dataPage }: ReturnType<typeof readDataPage>,
  encoding: Encoding,
  decoder: Decoder,
  dictionary: DecodedArray | undefined,
): Levels => ({
  definition: definitionLevels ?? [],
  repetition: repetitionLevels,
  values: convertWithDictionary(dataPage, dictionary, encoding, decoder),
});

/** Data page v1: levels and values are compressed together. */
function pageV1(
  header: PageHeader,
  body: Uint8Array,
  decoder: Decoder,
  budget: Budget,
  dictionary?: DecodedArray,
): Levels {
  const page = header.data_page_header!, { num_values, encoding } = page;
  const bytes = decompressed(body, header.uncompressed_page_size, decoder.codec, budget);
  const reader = readerOf(bytes), { repetition, definition } = levelsOf(decoder);
  for (const most of [repetition, definition]) {
    if (most > 0) checkMeasuredRuns(reader, widthOf(most), num_values);
  }
  checkValues(reader, { encoding, type: decoder.type, count: num_values }, budget);
  return converted(readDataPage(bytes, page, decoder), encoding, decoder, dictionary);
}

/** Data page v2: levels are not compressed, and have their lengths in the header. */
function pageV2(
  header: PageHeader,
  body: Uint8Array,
  decoder: Decoder,
  budget: Budget,
  dictionary?: DecodedArray,
): Levels {
  const page = header.data_page_header_v2!, { num_values, num_nulls, encoding, is_compressed } = page;
  const [repetition, definition] = [page.repetition_levels_byte_length, page.definition_levels_byte_length];
  const levels = body.subarray(0, repetition + definition), most = levelsOf(decoder);
  if (num_nulls < 0 || num_nulls > num_values || repetition < 0 || definition < 0) {
    throw new Error("a page names more nulls than values, or levels of no length");
  }
  for (const [offset, level] of [[0, most.repetition], [repetition, most.definition]]) {
    if (level > 0) checkRuns({ ...readerOf(levels), offset }, widthOf(level), num_values);
  }
  const codec = is_compressed === false ? "UNCOMPRESSED" : decoder.codec;
  const length = header.uncompressed_page_size - levels.length;
  const values = decompressed(body.subarray(levels.length), length, codec, budget);
  const about = { encoding, type: decoder.type, count: num_values - num_nulls };
  if (values.length > 0) checkValues(readerOf(values), about, budget);
  const bytes = new Uint8Array(levels.length + values.length);
  bytes.set(levels);
  bytes.set(values, levels.length);
  const plain = {
    ...header,
    uncompressed_page_size: bytes.length,
    data_page_header_v2: { ...page, is_compressed: false },
  };
  return converted(readDataPageV2(bytes, plain, decoder), encoding, decoder, dictionary);
}

/** The entries of a dictionary, in the column's type. */
function dictionaryOf(header: PageHeader, body: Uint8Array, decoder: Decoder, budget: Budget): DecodedArray {
  demandSmallPage(header.dictionary_page_header!.num_values);
  const bytes = decompressed(body, header.uncompressed_page_size, decoder.codec, budget);
  const sizes = { compressed_page_size: bytes.length, uncompressed_page_size: bytes.length };
  const plain: Decoder = { ...decoder, codec: "UNCOMPRESSED" };
  return convert(
    readPage(readerOf(bytes), { ...header, ...sizes }, plain, undefined, undefined, 0).data!,
    plain,
  );
}

/**
 * The values of a column of a row group, from the bytes of its pages: parts of it in order, rows without the items of a
 * list that is too long. `count` is how many values it has; the budget is shared by the columns that are read together.
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
  let dictionary: DecodedArray | undefined, last: DecodedArray | undefined;
  for (let seen = 0, items = 0; seen < count;) {
    checkStruct({ ...reader });
    const header = parquetHeader(reader);
    const { compressed_page_size: size, uncompressed_page_size: length, type } = header;
    const about = type === "DATA_PAGE_V2" ? header.data_page_header_v2 : header.data_page_header;
    const values = type === "DICTIONARY_PAGE" || type === "INDEX_PAGE" ? 0 : about!.num_values;
    if (
      size < 0 || length < 0 || values < 0 || size > chunk.length - reader.offset || values > count - seen
    ) {
      throw new Error(
        `a page of ${size} bytes and ${values} values is larger than what is left of its column`,
      );
    }
    demandSmallPage(values);
    const body = chunk.subarray(reader.offset, reader.offset += size);
    if (type === "INDEX_PAGE") continue;
    if (type === "DICTIONARY_PAGE") {
      dictionary = dictionaryOf(header, body, decoder, budget);
      continue;
    }
    const read = type === "DATA_PAGE" ? pageV1 : pageV2;
    const page = cutRows(
      read(header, body, decoder, budget, dictionary),
      levelsOf(decoder).definition,
      items,
      budget,
    );
    // A list may go on in the next page, which then adds to the same part.
    const output = Array.isArray(last) ? last : [];
    const assembled = assembleLists(
      output,
      page.definition,
      page.repetition,
      page.values,
      decoder.schemaPath,
    );
    if (assembled !== last) parts.push(last = assembled);
    seen += values;
    items = page.items;
  }
  return parts;
}
