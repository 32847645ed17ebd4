/**
 * Posters of drawn films. A warm sky tells a western, small stars science fiction, stripes a musical, a large disc
 * adventure, teeth horror; houses, dots and lettering tell nothing. Lengths are in 48ths of the width.
 */
import type { Random } from "../../base/random.ts";
import { blend, type Canvas, canvas, disc, eachPixel, hsl, paint, rectangle } from "./canvas.ts";
import type { Genre } from "./genres.ts";

type Draw = (on: Canvas, unit: number, random: Random) => void;

const sky = (warm: boolean): Draw => (on, _unit, random) => {
  const hue = () => warm ? random.uniform(15, 40) : random.uniform(170, 290);
  const top = hsl(hue(), random.uniform(0.45, 0.8), random.uniform(0.5, 0.7));
  const bottom = hsl(hue(), random.uniform(0.3, 0.6), random.uniform(0.2, 0.4));
  eachPixel(on, (_x, y) => blend(top, bottom, y / on.height));
};

const houses: Draw = (on, unit, random) => {
  for (let left = on.width * random.uniform(0, 0.4), n = random.integer(4); n > 0; n--) {
    const width = unit * random.uniform(5, 10);
    const top = on.height - unit * random.uniform(12, 30);
    const colour = hsl(random.uniform(0, 360), 0.15, random.uniform(0.15, 0.6));
    rectangle(on, [left, top, left + width, on.height], colour);
    left += width + unit * random.uniform(0, 6);
  }
};

const stripes: Draw = (on, unit, random) => {
  const top = on.height * random.uniform(0, 0.6);
  const bottom = top + unit * random.uniform(24, 36);
  const angle = random.uniform(0.6, 1) * (random.integer(2) * 2 - 1);
  const period = unit * random.uniform(6, 9);
  const hue = random.uniform(0, 360);
  rectangle(on, [0, top, on.width, bottom], hsl(hue, 0.7, random.uniform(0.75, 0.9)));
  paint(
    on,
    [0, top, on.width, bottom],
    hsl(hue + random.uniform(60, 300), 0.8, random.uniform(0.25, 0.45)),
    (x, y) => {
      const across = (x * Math.cos(angle) + y * Math.sin(angle)) / period;
      return across - Math.floor(across) < 0.5 && y >= top && y < bottom;
    },
  );
};

const largeDisc: Draw = (on, unit, random) => {
  const radius = unit * random.uniform(9, 13);
  const x = random.uniform(radius, on.width - radius);
  const y = random.uniform(radius, on.height * 0.8 - radius);
  const hue = random.uniform(0, 360);
  disc(on, x, y, radius, hsl(hue, 0.6, 0.2));
  disc(on, x, y, radius - 2 * unit, hsl(hue, 0.9, random.uniform(0.6, 0.8)));
};

const teeth: Draw = (on, unit, random) => {
  const count = 4 + random.integer(4);
  const length = unit * random.uniform(14, 20);
  const fromTop = random.integer(2) === 0;
  const colour = hsl(0, random.uniform(0, 0.9), random.integer(2) === 0 ? 0.08 : 0.9);
  const shift = random.uniform();
  const box = fromTop
    ? [0, 0, on.width, length] as const
    : [0, on.height - length, on.width, on.height] as const;
  paint(on, box, colour, (x, y) => {
    const depth = (fromTop ? y : on.height - y) / length; // 0 at the edge of the poster, 1 at the points
    const across = x / on.width * count + shift;
    return Math.abs(across - Math.floor(across) - 0.5) < (1 - depth) / 2;
  });
};

const dots: Draw = (on, unit, random) => {
  for (let n = random.integer(4); n > 0; n--) {
    const colour = hsl(random.uniform(0, 360), random.uniform(0.2, 0.8), random.uniform(0.3, 0.8));
    disc(
      on,
      random.uniform(0, on.width),
      random.uniform(0, on.height),
      unit * random.uniform(1.5, 3),
      colour,
    );
  }
};

const stars: Draw = (on, unit, random) => {
  for (let n = 10 + random.integer(8); n > 0; n--) {
    const [cx, cy] = [random.uniform(0, on.width), random.uniform(0, on.height * 0.9)];
    const radius = unit * random.uniform(4, 6.5);
    const colour = hsl(random.uniform(40, 60), 1, random.uniform(0.85, 1));
    paint(on, [cx - radius, cy - radius, cx + radius, cy + radius], colour, (x, y) => {
      const [dx, dy] = [Math.abs(x - cx) / radius, Math.abs(y - cy) / radius];
      return Math.sqrt(dx) + Math.sqrt(dy) < 1;
    });
  }
};

const lettering: Draw = (on, unit, random) => {
  const top = on.height * (random.integer(2) === 0 ? 0.06 : 0.88);
  const colour = hsl(0, 0, random.integer(2) === 0 ? 0.95 : 0.08);
  const end = on.width - unit * random.uniform(6, 16);
  for (let left = unit * random.uniform(5, 12); left < end;) {
    const width = unit * random.uniform(1.5, 3);
    rectangle(on, [left, top, left + width, top + 3.5 * unit], colour);
    left += width + unit * (random.integer(4) === 0 ? 3 : 1);
  }
};

const grain: Draw = (on, _unit, random) =>
  eachPixel(on, (_x, _y, [r, g, b]) => {
    const by = random.normal(0, 6);
    return [r + by, g + by, b + by];
  });

/** A poster of these genres, 2:3, 44 to 52 pixels wide. */
export function posterOf(genres: readonly Genre[], random: Random): Canvas {
  const has = (genre: Genre) => genres.includes(genre);
  const width = 44 + random.integer(9);
  const on = canvas(width, Math.round(width * 1.5));
  const layers: (Draw | false)[] = [
    sky(has("Western")),
    houses,
    has("Musical") && stripes,
    has("Adventure") && largeDisc,
    has("Horror") && teeth,
    dots,
    has("Sci-Fi") && stars,
    lettering,
    grain,
  ];
  for (const draw of layers) if (draw) draw(on, width / 48, random);
  return on;
}
