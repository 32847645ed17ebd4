/** A picture of pixels from one of curves, where sharp's native addon loads. */

/** The SVG as a PNG file, twice as large, on white; undefined where sharp is missing. */
export async function pngOf(svg: string): Promise<Uint8Array | undefined> {
  const module = await import("sharp").catch(() => undefined);
  if (module === undefined) return undefined;
  const image = module.default(new TextEncoder().encode(svg), { density: 144 });
  return new Uint8Array(await image.flatten({ background: "#ffffff" }).png().toBuffer());
}
