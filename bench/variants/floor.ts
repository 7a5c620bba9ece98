import type { Environment } from "./environment.ts";

/** Returns the same bytes for every request, which has the lowest possible cost. */
export default {
  fetch: (_, { PAGE, PAGE_HEADERS }) => new Response(PAGE, { headers: PAGE_HEADERS }),
} satisfies ExportedHandler<Environment>;
