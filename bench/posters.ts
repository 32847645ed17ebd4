/** Posters as a bench needs them: JPEG of 1 to 3 megapixels whose files are as large as a film's. */
import { random } from "../src/base/random.ts";
import sharp from "sharp";

/** Noise of `cells` cells across, smooth between them, added to every channel. */
function addNoise(
  sum: Float32Array,
  [width, height]: readonly [number, number],
  cells: number,
  strength: number,
  seed: string,
): void {
  const stream = random(seed, cells);
  const size = width / cells;
  const across = cells + 2, down = Math.ceil(height / size) + 2;
  const knots = Float32Array.from({ length: across * down * 3 }, () => stream.uniform(-strength, strength));
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.floor(y / size), v = y / size - row;
    for (let x = 0; x < width; x++) {
      const column = Math.floor(x / size), u = x / size - column;
      const a = (row * across + column) * 3, b = a + across * 3;
      for (let c = 0; c < 3; c++) {
        const top = knots[a + c] + u * (knots[a + 3 + c] - knots[a + c]);
        const bottom = knots[b + c] + u * (knots[b + 3 + c] - knots[b + c]);
        sum[at++] += top + v * (bottom - top);
      }
    }
  }
}

/** Discs, bars and lettering in flat colours: edges, as posters have. */
function shapes(width: number, height: number, seed: string): string {
  const stream = random(seed, "shapes");
  const colour = () => `hsl(${stream.integer(360)} ${30 + stream.integer(60)}% ${20 + stream.integer(60)}%)`;
  const discs = Array.from(
    { length: 5 },
    () =>
      `<circle cx="${stream.integer(width)}" cy="${stream.integer(height)}" ` +
      `r="${Math.round(width * stream.uniform(0.03, 0.2))}" fill="${colour()}" opacity="0.7"/>`,
  );
  const bars = Array.from(
    { length: 60 },
    () =>
      `<rect x="${Math.round(width * stream.uniform(0.05, 0.9))}" y="${
        Math.round(height * stream.uniform(0.7, 0.98))
      }" ` +
      `width="${Math.round(width * stream.uniform(0.005, 0.06))}" height="${
        Math.round(width * 0.012)
      }" fill="${colour()}"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${discs.join("")}${
    bars.join("")
  }</svg>`;
}

/** The poster of a row: 1 to 3 megapixels, 250 to 450 kB. */
export async function largePoster(row: number): Promise<Uint8Array> {
  const stream = random("poster", row);
  const width = Math.round(Math.sqrt(stream.uniform(1e6, 3e6) / 1.48));
  const height = Math.round(width * 1.48);
  const sum = new Float32Array(width * height * 3).fill(128);
  for (const [cells, strength] of [[3, 70], [12, 40], [50, 25], [200, 14], [width / 2, 7]] as const) {
    addNoise(sum, [width, height], Math.round(cells), strength, `row ${row}`);
  }
  const raw = { width, height, channels: 3 } as const;
  return new Uint8Array(
    await sharp(Uint8ClampedArray.from(sum), { raw })
      .composite([{
        input: new TextEncoder().encode(shapes(width, height, `row ${row}`)) as unknown as Buffer,
      }])
      .jpeg({ quality: 88 })
      .toBuffer(),
  );
}
