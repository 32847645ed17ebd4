/** Checkpoints made with ill will. */
import { writeAll } from "../../../src/base/files.ts";

/** One of them. */
export interface Hostile {
  readonly what: string;
  /** What the refusal says. */
  readonly refusal: RegExp;
  /** Makes the file; undefined where it is there already. */
  readonly make?: (path: string) => Promise<unknown>;
  /** Where it is, if not where it was made. */
  readonly path?: string;
}

const MIB = 2 ** 20;

/** A file with this header and so many bytes of zeros behind it, which take no room on the disk. */
const file = (text: () => string, data = 0, length?: number) => async (path: string): Promise<void> => {
  const header = text();
  using out = await Deno.open(path, { write: true, create: true });
  await writeAll(out, new Uint8Array(BigUint64Array.of(BigInt(length ?? header.length)).buffer));
  await writeAll(out, new TextEncoder().encode(header));
  await out.truncate(8 + header.length + data);
};

const entry = (begin: number, end: number, shape: readonly number[] = [end - begin], dtype = "U8") =>
  JSON.stringify({ dtype, shape, data_offsets: [begin, end] });

/** Items until the text is as long as a header may be. */
function filled(open: string, item: (i: number) => string, close: string): string {
  const items: string[] = [];
  for (let bytes = open.length + close.length, i = 0;; i++) {
    const next = item(i);
    if ((bytes += next.length + 1) > 16 * MIB) return open + items.join(",") + close;
    items.push(next);
  }
}

const levels = /levels of JSON/;

/** All of them. */
export const hostile: readonly Hostile[] = [
  { what: "a header length of 2^53", refusal: /header of at most/, make: file(() => "{}", 100, 2 ** 53) },
  {
    what: "a header length of 17 MiB that the file has",
    refusal: /at most 16777216 bytes/,
    make: file(() => "{}", 18 * MIB, 17 * MIB),
  },
  {
    what: "a tensor of 8 million axes",
    refusal: /a shape of whole numbers/,
    make: file(() => filled('{"a":{"dtype":"U8","shape":[', () => "0", '],"data_offsets":[0,0]}}')),
  },
  {
    what: "16 MiB of empty lists",
    refusal: /expected \{dtype/,
    make: file(() => filled('{"a":[', () => "[]", "]}")),
  },
  {
    what: "16 MiB of empty objects",
    refusal: /expected a dtype/,
    make: file(() => filled("{", (i) => `"${i}":{}`, "}")),
  },
  {
    what: "a tensor of 16 MiB of fields",
    refusal: /expected a dtype/,
    make: file(() => filled('{"a":{', (i) => `"${i}":0`, "}}")),
  },
  { what: "16 million levels of JSON", refusal: levels, make: file(() => "[".repeat(16 * MIB - 1)) },
  {
    what: "a name of 16 MiB",
    refusal: /printable characters/,
    make: file(() => `{"${"x".repeat(16 * MIB - 200)}":${entry(0, 0)}}`),
  },
  {
    what: "16 MiB of metadata",
    refusal: /expected names such as/,
    make: file(() => filled('{"__metadata__":{', (i) => `"${i}":""`, "}}")),
  },
  {
    what: "as many tensors as a header holds, each nearly one of the model's",
    refusal: /expected names such as/,
    make: file(() =>
      filled("{", (i) => `"image_backbone.layer4.0.conv1.weigh${i}":${entry(0, 0, [0])}`, "}")
    ),
  },
  {
    what: "a tensor of 1 TiB in a file without a block on the disk",
    refusal: /expected names such as/,
    make: file(() => `{"a":${entry(0, 2 ** 40)}}`, 2 ** 40),
  },
  {
    what: "a name that clears the terminal",
    refusal: /printable characters/,
    make: file(() => `{"\\u001b[2J\\u009b2J":${entry(0, 1)}}`, 1),
  },
  {
    what: "a tensor called __proto__ with fields of its own",
    refusal: /expected a dtype/,
    make: file(() => '{"__proto__":{"polluted":true}}'),
  },
  {
    what: "a Python pickle that would run a program",
    refusal: /header of at most/,
    make: (path) => Deno.writeTextFile(path, "cos\nsystem\n(S'touch pwned'\ntR."),
  },
  { what: "a folder", refusal: /expected a regular file/, make: (path) => Deno.mkdir(path) },
  {
    what: "a pipe that nobody writes to",
    refusal: /expected a regular file/,
    make: (path) => new Deno.Command("mkfifo", { args: [path] }).output(),
  },
  { what: "a device without end", refusal: /expected a regular file/, path: "/dev/zero" },
];
