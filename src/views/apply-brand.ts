import { brand } from "../brand.ts";

/** Inserts the colors and fonts of the brand into the style sheet. */
export function applyBrand(css: string): string {
  const { accent, ground, fonts, mark } = brand;
  const values: Readonly<Record<string, string>> = {
    "brand-accent-light": accent.light.color,
    "brand-text-light": accent.light.text,
    "brand-accent-dark": accent.dark.color,
    "brand-text-dark": accent.dark.text,
    "brand-ground-light": ground.light,
    "brand-ground-dark": ground.dark,
    "brand-font-heading": fonts.heading,
    "brand-font-text": fonts.text,
    // A logo file has its own colors.
    ...("file" in mark
      ? {}
      : {
          "brand-mark-back-light": mark.back.light,
          "brand-mark-front-light": mark.front.light,
          "brand-mark-back-dark": mark.back.dark,
          "brand-mark-front-dark": mark.front.dark,
        }),
  };
  return css.replace(/brand-[a-z-]+/g, (name) => values[name] ?? "none");
}
