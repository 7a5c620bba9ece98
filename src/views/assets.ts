// The build command in wrangler.toml creates these files from enhance.client.js and styles.css.
import script from "../../build/enhance.client.js";
import styleTemplate from "../../build/styles.css";
import { applyBrand } from "./apply-brand.ts";

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
