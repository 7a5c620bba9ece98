import { env } from "cloudflare:workers";
import { Redis } from "@upstash/redis";
import { betterAuth } from "better-auth";
import { PlanetScaleDialect } from "kysely-planetscale";
import type { Environment } from "./environment.ts";
import { appPage, readCredentials, seeOther, signinPage } from "./pages.ts";

const { DATABASE_URL, UPSTASH_REDIS_REST_URL, UPSTASH_REDIS_REST_TOKEN } = env as unknown as Environment;

/** Automatic batching would share I/O between requests, which Workers forbid. better-auth parses the values itself. */
const redis = new Redis({
  url: UPSTASH_REDIS_REST_URL,
  token: UPSTASH_REDIS_REST_TOKEN,
  enableAutoPipelining: false,
  automaticDeserialization: false,
});

/** Follows https://better-auth.com/docs/guides/cloudflare and …/docs/concepts/database. */
const auth = betterAuth({
  // Signs the cookies of a service that exists during one run.
  secret: "the benchmark's secret, which guards nothing at all",
  baseURL: "http://127.0.0.1",
  trustedOrigins: ["http://127.0.0.1:*"],
  database: { dialect: new PlanetScaleDialect({ url: DATABASE_URL }), type: "mysql" },
  secondaryStorage: {
    get: (key) => redis.get<string>(key),
    set: async (key, value, ttl) => {
      await (ttl === undefined ? redis.set(key, value) : redis.set(key, value, { ex: ttl }));
    },
    delete: async (key) => {
      await redis.del(key);
    },
    getAndDelete: (key) => redis.getdel<string>(key),
    increment: async (key, ttl) => {
      const [count] = await redis.multi().incr(key).expire(key, ttl, "NX").exec<[number, number]>();
      return count;
    },
  },
  emailAndPassword: { enabled: true },
  // With validation, every isolate queries its tables at the start, which the embedded engine does not support.
  advanced: { database: { validateSchema: false } },
});

export default {
  fetch(request, environment) {
    switch (`${request.method} ${new URL(request.url).pathname}`) {
      case "GET /auth/signin":
        return signinPage(environment);
      case "POST /auth/signup":
        return signUp(request);
      case "POST /auth/signin":
        return signIn(request);
      case "POST /auth/signout":
        return signOut(request);
      case "GET /app":
        return showApp(request, environment);
      default:
        return new Response(null, { status: 404 });
    }
  },
} satisfies ExportedHandler<Environment>;

async function signUp(request: Request): Promise<Response> {
  const { email, password } = await readCredentials(request);
  const body = { email, password, name: email };
  return redirectIfOk(await auth.api.signUpEmail({ body, headers: request.headers, asResponse: true }), "/app");
}

async function signIn(request: Request): Promise<Response> {
  const body = await readCredentials(request);
  return redirectIfOk(await auth.api.signInEmail({ body, headers: request.headers, asResponse: true }), "/app");
}

async function signOut(request: Request): Promise<Response> {
  return redirectIfOk(await auth.api.signOut({ headers: request.headers, asResponse: true }), "/auth/signin");
}

/** better-auth's responses are meant for scripts. A form needs a redirect that sets the same cookies. */
function redirectIfOk(answer: Response, path: string): Response {
  return answer.ok ? seeOther(path, answer.headers.getSetCookie()) : answer;
}

async function showApp(request: Request, environment: Environment): Promise<Response> {
  const session = await auth.api.getSession({ headers: request.headers });
  return session ? appPage(environment, session.user.email) : seeOther("/auth/signin");
}
