import { createRequire } from "node:module";

const requireAsWrangler = createRequire(createRequire(import.meta.url).resolve("wrangler"));

/** The path of the workerd that wrangler uses, as its package exports it. */
export const { default: WORKERD } = requireAsWrangler("workerd") as { default: string };
