// The build command in wrangler.toml creates these files from enhance.client.js and styles.css.
import script from "../../build/enhance.client.js";
import styleTemplate from "../../build/styles.css";
import { brand } from "../brand.ts";

/** A file that every page loads. */
export interface Asset {
  readonly path: string;
  readonly type: string;
  readonly text: string;
  /** Changes with the text, so that a browser never combines a page with the file of another release. */
  readonly version: string;
  /** The URL in pages: the path with the version. */
  readonly href: string;
}

export const SCRIPT = createAsset("/assets/enhance.js", "text/javascript; charset=utf-8", script);
export const STYLES = createAsset("/assets/styles.css", "text/css; charset=utf-8", applyBrand(styleTemplate));

function createAsset(path: string, type: string, text: string): Asset {
  const version = checksum(text);
  return { path, type, text, version, href: `${path}?v=${version}` };
}

/** FNV-1a with 32 bits: enough to tell releases apart, and synchronous, unlike the digests of Web Crypto. */
function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(36);
}

/** Inserts the colors and fonts of the brand into the style sheet. */
function applyBrand(css: string): string {
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
