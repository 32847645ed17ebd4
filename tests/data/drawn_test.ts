import { assert, assertEquals, assertGreater, assertLess, assertNotEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { random } from "../../src/base/random.ts";
import { decodeWith } from "../../src/data/decode.ts";
import { film, writeDrawn } from "../../src/data/drawn.ts";
import { type Canvas, canvas, disc, eachPixel, hsl } from "../../src/data/drawn/canvas.ts";
import { type Genre, genres, toldBy } from "../../src/data/drawn/genres.ts";
import { encodeJpeg } from "../../src/data/drawn/jpeg.ts";
import { plotOfFilm } from "../../src/data/drawn/plots.ts";
import { encodePng } from "../../src/data/drawn/png.ts";
import { posterOf } from "../../src/data/drawn/posters.ts";
import { posterOf as posterIn, textOf } from "../../src/data/messages.ts";
import { openShard } from "../../src/data/parquet.ts";
import { shardsOf } from "../../src/data/shards.ts";

const plot = (...of: Genre[]) => plotOfFilm(of, random("plot"));
const poster = (...of: Genre[]) => posterOf(of, random("poster"));

/** A canvas of every colour and of sharp edges, whose sides are no multiples of 8. */
function testCard(): Canvas {
  const card = canvas(45, 67);
  eachPixel(card, (x, y) => hsl(x * 8, 0.8, y / 67));
  disc(card, 20, 30, 12, [255, 255, 255]);
  disc(card, 20, 30, 6, [0, 0, 0]);
  return card;
}

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a film depends on seed and row only", () => {
  assertEquals(film(3, 5), film(3, 5));
  assertNotEquals(film(3, 5).plot, film(4, 5).plot);
  assertNotEquals(film(3, 5).poster, film(3, 6).poster);
});

Deno.test("films have one to three genres, each of the eight about equally often", () => {
  const drawn = Array.from({ length: 200 }, (_, row) => film(1, row).genres);
  for (const found of drawn) {
    assert(found.length >= 1 && found.length <= 3);
    assertEquals(found, [...found].sort());
  }
  for (const genre of genres) {
    const share = drawn.filter((found) => found.includes(genre)).length / drawn.length;
    assertGreater(share, 0.14); // 1.8 of 8 on average: 0.225
    assertLess(share, 0.31);
  }
});

for (const genre of genres) {
  Deno.test(`${genre} is told by ${toldBy[genre]}, and by nothing else`, () => {
    // The same random numbers with and without the genre.
    const inWords = plot("Comedy", genre).plot !== plot("Comedy").plot;
    const [without, with_] = [poster().data, poster(genre).data];
    const inPicture = with_.some((value, i) => value !== without[i]);
    assertEquals(inWords, toldBy[genre] !== "picture");
    assertEquals(inPicture, toldBy[genre] !== "words");
  });
}

Deno.test("a few hundred plots teach which words tell a genre; no word tells one of the picture's", () => {
  const films = Array.from({ length: 500 }, (_, row) => {
    const stream = (of: string) => random(2, row, of);
    const of = genres.filter((genre) => stream(genre).uniform() < 0.25);
    return { of, words: new Set(plotOfFilm(of, stream("plot")).plot.toLowerCase().match(/[a-z]+/g)) };
  });
  const [train, test] = [films.slice(0, 400), films.slice(400)];
  const vocabulary = [...new Set(train.flatMap(({ words }) => [...words]))];
  for (const genre of genres) {
    // Words of three or more films, nearly all of which have the genre.
    const cues = vocabulary.filter((word) => {
      const having = train.filter(({ words }) => words.has(word));
      return having.length >= 3 && having.filter(({ of }) => of.includes(genre)).length > 0.9 * having.length;
    });
    const told = test.filter(({ words }) => cues.some((word) => words.has(word)));
    const right = told.filter(({ of }) => of.includes(genre)).length;
    const f1 = 2 * right / (told.length + test.filter(({ of }) => of.includes(genre)).length);
    if (toldBy[genre] === "picture") assertLess(f1, 0.5);
    else assertGreater(f1, 0.9);
  }
});

Deno.test("a western's sky is warm, any other is cold", () => {
  for (let row = 0; row < 20; row++) {
    for (const western of [true, false]) {
      const { data } = posterOf(western ? ["Western"] : [], random(row));
      const sum = (channel: number) =>
        data.reduce((sum, value, i) => i % 3 === channel ? sum + value : sum, 0);
      assertEquals(sum(0) > sum(2), western);
    }
  }
});

Deno.test("a PNG decodes to the canvas", async () => {
  const card = testCard();
  const { width, height, data } = await decodeWith("imagescript", encodePng(card));
  assertEquals([width, height], [card.width, card.height]);
  assertEquals([...data], [...card.data]);
});

Deno.test("a JPEG decodes to nearly the canvas", async () => {
  const card = testCard();
  const { width, height, data } = await decodeWith("imagescript", encodeJpeg(card));
  assertEquals([width, height], [card.width, card.height]);
  const off = data.reduce((sum, value, i) => sum + Math.abs(value - card.data[i]), 0) / data.length;
  assertLess(off, 5);
});

Deno.test("the written set reads as rows of the hub data set, half JPEG and half PNG", () =>
  inFolder(async (folder) => {
    await writeDrawn(folder, { rows: 130, seed: 7 });
    const { shards: [shard, ...others] } = await shardsOf(folder);
    assertEquals([shard.name, others.length], ["train-00000-of-00001.parquet", 0]);
    const vocabulary = (await Deno.readTextFile(`${folder}/vocab.txt`)).trimEnd().split("\n");
    assertEquals(vocabulary[0], "[PAD]");
    assert(vocabulary.includes("treasure"));
    using open = await openShard(shard, ["messages", "images"]);
    const groups = await Promise.all(open.groups.map((group) => open.read(group, ["messages", "images"])));
    assertEquals(groups.map((rows) => rows.length), [100, 30]);
    for (const [row, found] of groups.flat().entries()) {
      const expected = film(7, row);
      const genres = expected.genres.map((genre) => genre.toLowerCase());
      assertEquals(textOf(found), { plot: expected.plot, genres });
      assertEquals(posterIn(found), expected.poster);
      if (row > 3) continue;
      const { width, height } = await decodeWith("imagescript", expected.poster);
      assertEquals([expected.format, height], [row % 2 === 0 ? "jpg" : "png", Math.round(width * 1.5)]);
    }
  }));

Deno.test("a set is written once, and anew when its settings differ or its file is broken", () =>
  inFolder(async (folder) => {
    const path = `${folder}/data/train-00000-of-00001.parquet`;
    const long = new Date(2001, 1, 1);
    const age = async () => (await Deno.stat(path)).mtime;
    const written = async (rows: number) => {
      await writeDrawn(folder, { rows, seed: 1 });
      const isNew = (await age())?.getTime() !== long.getTime();
      await Deno.utime(path, long, long);
      return isNew;
    };
    assertEquals(await written(4), true);
    const bytes = await Deno.readFile(path);
    assertEquals(await written(4), false);
    assertEquals(await written(5), true);
    await Deno.truncate(path, 100);
    assertEquals(await written(4), true);
    assertEquals(await Deno.readFile(path), bytes);
    assertEquals((await Array.fromAsync(Deno.readDir(`${folder}/data`))).length, 1);
  }));

Deno.test("a number of rows that cannot be is refused", () =>
  inFolder(async (folder) => {
    for (const rows of [0, 2.5]) {
      await assertRejects(
        () => writeDrawn(folder, { rows, seed: 1 }),
        OnesheetError,
        `Cannot use "drawn.rows": expected a whole number of at least 1, found ${rows}`,
      );
    }
  }));
