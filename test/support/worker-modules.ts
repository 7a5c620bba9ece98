import { readFileSync } from "node:fs";
import type { Plugin } from "vitest/config";

/**
 * Lets unit tests import the files that wrangler bundles: WebAssembly as a module, `.br` files as data, and style
 * sheets, logos and client scripts as text.
 */
export const workerModules: Plugin = {
  name: "worker-modules",
  enforce: "pre",
  load(id) {
    if (id.endsWith(".wasm")) {
      return `import { readFileSync } from "node:fs";
export default new WebAssembly.Module(readFileSync(${JSON.stringify(id)}));`;
    }
    if (id.endsWith(".br")) {
      return `import { readFileSync } from "node:fs";
export default new Uint8Array(readFileSync(${JSON.stringify(id)})).buffer;`;
    }
    if (/\.(?:css|svg|client\.js)$/.test(id)) return `export default ${JSON.stringify(readFileSync(id, "utf8"))};`;
    return null;
  },
};
