import type { Environment } from "./environment.ts";

/** The same bytes for everybody: nothing can cost less. */
export default {
  fetch: (_, { PAGE, PAGE_HEADERS }) => new Response(PAGE, { headers: PAGE_HEADERS }),
} satisfies ExportedHandler<Environment>;
