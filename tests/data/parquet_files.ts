/** Small data sets in the hub data set's parquet schema, for tests. */
import type { SchemaElement } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { crc32, deflateSync } from "node:zlib";
import type { Places } from "../../src/data/places.ts";

/** A row as the hub data set has it. */
export interface HubRow {
  readonly messages: { content: string; role: string }[];
  readonly images: { bytes: Uint8Array | null; path: string | null }[];
}

/** list<struct<…>> as Arrow writes it. */
const list = (name: string, fields: readonly SchemaElement[]): SchemaElement[] => [
  { name, repetition_type: "OPTIONAL", num_children: 1, converted_type: "LIST" },
  { name: "list", repetition_type: "REPEATED", num_children: 1 },
  { name: "element", repetition_type: "OPTIONAL", num_children: fields.length },
  ...fields,
];

const text = (name: string): SchemaElement => ({
  name,
  type: "BYTE_ARRAY",
  repetition_type: "OPTIONAL",
  converted_type: "UTF8",
});

/** A parquet file of these rows, `rowGroupSize` in a row group. */
export const parquetOf = (rows: readonly HubRow[], rowGroupSize = 2): Uint8Array =>
  new Uint8Array(parquetWriteBuffer({
    schema: [
      { name: "root", num_children: 2 },
      ...list("messages", [text("content"), text("role")]),
      ...list("images", [{ name: "bytes", type: "BYTE_ARRAY", repetition_type: "OPTIONAL" }, text("path")]),
    ],
    columnData: [
      { name: "messages", data: rows.map(({ messages }) => messages) },
      { name: "images", data: rows.map(({ images }) => images) },
    ],
    rowGroupSize,
  }));

/** A row with the published prompt around its plot. */
export const hubRow = (plot: string, genres: string, image: Uint8Array): HubRow => ({
  messages: [
    {
      content:
        `<image>Given the poster and the plot of a movie, list its genres.\nPlot: ${plot}\nNote that a movie may belong to several genres.`,
      role: "user",
    },
    { content: genres, role: "assistant" },
  ],
  images: [{ bytes: image, path: null }],
});

/** A PNG of one colour. */
export function png(width: number, height: number, rgb: readonly [number, number, number]): Uint8Array {
  const chunk = (kind: string, data: Uint8Array): Uint8Array => {
    const body = new Uint8Array([...new TextEncoder().encode(kind), ...data]);
    const out = new Uint8Array(body.length + 8);
    const view = new DataView(out.buffer);
    view.setUint32(0, data.length);
    out.set(body, 4);
    view.setUint32(body.length + 4, crc32(body));
    return out;
  };
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, 2], 8); // 8 bits, RGB
  const line = [0, ...Array.from({ length: width }, () => rgb).flat()];
  const lines = new Uint8Array(Array.from({ length: height }, () => line).flat());
  const parts = [
    chunk("IHDR", header),
    chunk("IDAT", new Uint8Array(deflateSync(lines))),
    chunk("IEND", new Uint8Array()),
  ];
  return new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, ...parts.flatMap((part) => [...part])]);
}

/** A hub that does not answer, and a cache folder: tests set no environment variables, which all of them share. */
export const placesIn = (cache: string): Places => ({
  hub: "http://127.0.0.1:9",
  token: undefined,
  cache,
  patience: { pause: 1, longest: 20 },
});

/** Runs a test with a data set of these files, and with a cache folder of its own. */
export async function withDataset(
  files: Readonly<Record<string, Uint8Array>>,
  test: (folder: string, places: Places) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir();
  const folder = `${root}/set`;
  try {
    await Deno.mkdir(`${folder}/data`, { recursive: true });
    for (const [name, bytes] of Object.entries(files)) await Deno.writeFile(`${folder}/${name}`, bytes);
    await test(folder, placesIn(`${root}/cache`));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}
