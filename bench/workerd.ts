import { createRequire } from "node:module";

const requireAsWrangler = createRequire(createRequire(import.meta.url).resolve("wrangler"));

/** The path of the workerd executable that wrangler uses. The workerd package exports it. */
export const { default: WORKERD } = requireAsWrangler("workerd") as { default: string };
