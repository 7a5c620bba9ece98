import { env } from "cloudflare:workers";
import { planetscale } from "@lucia-auth/adapter-mysql";
import { upstash } from "@lucia-auth/adapter-session-redis";
import { connect } from "@planetscale/database";
import { Redis } from "@upstash/redis";
import { lucia } from "lucia";
import { web } from "lucia/middleware";
import type { Environment } from "./environment.ts";
import { appPage, readCredentials, seeOther, signinPage } from "./pages.ts";

declare global {
  namespace Lucia {
    type Auth = typeof auth;
    interface DatabaseUserAttributes {
      email: string;
    }
    type DatabaseSessionAttributes = Record<never, never>;
  }
}

const { DATABASE_URL, UPSTASH_REDIS_REST_URL, UPSTASH_REDIS_REST_TOKEN } = env as unknown as Environment;

/** Automatic batching would share I/O between requests, which Workers forbid. */
const redis = new Redis({ url: UPSTASH_REDIS_REST_URL, token: UPSTASH_REDIS_REST_TOKEN, enableAutoPipelining: false });

/**
 * Follows https://v2.lucia-auth.com/database-adapters/planetscale-serverless and …/upstash-redis. All requests share
 * this instance.
 */
const auth = lucia({
  adapter: {
    user: planetscale(connect({ url: DATABASE_URL }), { user: "auth_user", key: "user_key", session: null }),
    session: upstash(redis),
  },
  env: "PROD",
  middleware: web(),
  sessionCookie: { expires: false },
  getUserAttributes: ({ email }) => ({ email }),
});

/**
 * Follows https://v2.lucia-auth.com/guidebook/sign-in-with-username-and-password, with an email as the user name.
 */
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
  const { userId } = await auth.createUser({
    key: { providerId: "email", providerUserId: email.toLowerCase(), password },
    attributes: { email },
  });
  return startSession(userId);
}

async function signIn(request: Request): Promise<Response> {
  const { email, password } = await readCredentials(request);
  const { userId } = await auth.useKey("email", email.toLowerCase(), password);
  return startSession(userId);
}

async function startSession(userId: string): Promise<Response> {
  const session = await auth.createSession({ userId, attributes: {} });
  return seeOther("/app", [auth.createSessionCookie(session).serialize()]);
}

async function signOut(request: Request): Promise<Response> {
  const session = await auth.handleRequest(request).validate();
  if (!session) return new Response(null, { status: 401 });
  await auth.invalidateSession(session.sessionId);
  return seeOther("/auth/signin", [auth.createSessionCookie(null).serialize()]);
}

async function showApp(request: Request, environment: Environment): Promise<Response> {
  const session = await auth.handleRequest(request).validate();
  return session ? appPage(environment, session.user.email) : seeOther("/auth/signin");
}
