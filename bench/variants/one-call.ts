import type { Environment } from "./environment.ts";
import { appPage, seeOther, signinPage } from "./pages.ts";

/** Makes only the single call that a page with stored sessions needs, without a library. */
export default {
  async fetch(request, env) {
    if (new URL(request.url).pathname !== "/app") return signinPage(env);
    const [, id] = /(?:^|; )session=([a-z0-9]+)/.exec(request.headers.get("Cookie") ?? "") ?? [];
    if (id === undefined) return seeOther("/auth/signin");
    const response = await fetch(env.UPSTASH_REDIS_REST_URL, {
      method: "POST",
      headers: { Authorization: `Bearer ${env.UPSTASH_REDIS_REST_TOKEN}` },
      body: JSON.stringify(["GET", `session:${id}`]),
    });
    const { result } = await response.json<{ result: string | null }>();
    if (result === null) return seeOther("/auth/signin");
    const { email } = JSON.parse(result) as { email: string };
    return appPage(env, email);
  },
} satisfies ExportedHandler<Environment>;
