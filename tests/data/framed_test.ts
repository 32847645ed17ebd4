import { assert, assertEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { randomHorizontalFlip } from "../../src/data/augment.ts";
import { decode } from "../../src/data/decode.ts";
import { film } from "../../src/data/drawn.ts";
import { examples } from "../../src/data/examples.ts";
import { framed } from "../../src/data/framed.ts";
import { mmimdb } from "../../src/data/mmimdb.ts";
import { imagenet, normalize } from "../../src/data/normalize.ts";
import { flip } from "../../src/data/picture.ts";
import { resize } from "../../src/data/resize.ts";
import { placesIn } from "./parquet_files.ts";
import { assertSamePicture, goldenJson, noise } from "./pixel_goldens.ts";

interface Case {
  readonly width: number;
  readonly height: number;
  readonly resize: number;
  readonly pixels: number;
  /** RGB in base64. */
  readonly rgb: string;
  readonly shown: string;
}

const bytes = (text: string) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));

Deno.test("a frame shows what torchvision's Resize and CenterCrop leave, value by value", () => {
  const cases = goldenJson<Case[]>("framed.json");
  assert(cases.length > 0);
  for (const { width, height, resize, pixels, rgb, shown } of cases) {
    const found = framed({ width, height, data: bytes(rgb) }, { pixels, resize });
    const expected = { width: pixels, height: pixels, data: bytes(shown) };
    assertSamePicture(found, expected, `${width} by ${height} to ${resize}, ${pixels}`);
  }
});

Deno.test("without a size of the shorter side the whole picture is shown", () => {
  assertEquals(framed(noise(13, 7), { pixels: 5 }), resize(noise(13, 7), 5, 5));
});

Deno.test("a shorter side that the frame does not fit into is an error", () => {
  assertThrows(
    () => mmimdb({ pixels: 64, resize: 63 }),
    OnesheetError,
    'Cannot use "mmimdb.resize": expected a whole number of at least 64, found 63',
  );
});

Deno.test("a picture so long that its frame would take gigabytes is refused", () => {
  const long = { width: 100_000, height: 1, data: new Uint8Array(300_000) };
  assertThrows(() => framed(long, { pixels: 8, resize: 64 }), OnesheetError, "found 100000 by 1");
});

Deno.test("both sides of a data set are shown in the frame, augmented or not", async () => {
  const films = Array.from({ length: 8 }, (_, row) => {
    const { poster, plot, genres } = film(5, row);
    return { image: poster, text: plot, labels: genres };
  });
  const frame = { pixels: 10, resize: 14 };
  const cache = await Deno.makeTempDir();
  try {
    for (const augment of [[], [randomHorizontalFlip({ p: 1 })]]) {
      const settings = { ...frame, augment, tokens: 4, vocabulary: 200, oversampling: 0 };
      await using set = await examples(films, settings).made.open({}, placesIn(cache));
      for (const [side, draw] of [[set.train, { seed: 1, epoch: 0 }], [set.validation, undefined]] as const) {
        const { inputs } = await side.batch(Int32Array.of(0), draw);
        const poster = await decode(films[side.ids[0]].image);
        const expected = new Float32Array(10 * 10 * 3);
        normalize(framed(draw && augment.length > 0 ? flip(poster) : poster, frame), imagenet, expected, 0);
        assertEquals(inputs.image.data, expected);
      }
    }
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
});
