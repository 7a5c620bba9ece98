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
    type Auth = ReturnType<typeof initializeLucia>;
    interface DatabaseUserAttributes {
      email: string;
    }
    type DatabaseSessionAttributes = Record<never, never>;
  }
}

/**
 * As https://v2.lucia-auth.com/database-adapters/planetscale-serverless and …/upstash-redis show; anew for each request,
 * because in Workers neither client may be shared by two, as the documentation for D1 does it.
 */
function initializeLucia(env: Environment) {
  const connection = connect({ url: env.DATABASE_URL });
  const redis = new Redis({ url: env.UPSTASH_REDIS_REST_URL, token: env.UPSTASH_REDIS_REST_TOKEN });
  return lucia({
    adapter: {
      user: planetscale(connection, { user: "auth_user", key: "user_key", session: null }),
      session: upstash(redis),
    },
    env: "PROD",
    middleware: web(),
    sessionCookie: { expires: false },
    getUserAttributes: ({ email }) => ({ email }),
  });
}

/** As https://v2.lucia-auth.com/guidebook/sign-in-with-username-and-password shows, with an address for a name. */
export default {
  fetch(request, env) {
    const auth = initializeLucia(env);
    switch (`${request.method} ${new URL(request.url).pathname}`) {
      case "GET /auth/signin":
        return signinPage(env);
      case "POST /auth/signup":
        return signUp(auth, request);
      case "POST /auth/signin":
        return signIn(auth, request);
      case "POST /auth/signout":
        return signOut(auth, request);
      case "GET /app":
        return showApp(auth, request, env);
      default:
        return new Response(null, { status: 404 });
    }
  },
} satisfies ExportedHandler<Environment>;

async function signUp(auth: Lucia.Auth, request: Request): Promise<Response> {
  const { email, password } = await readCredentials(request);
  const { userId } = await auth.createUser({
    key: { providerId: "email", providerUserId: email.toLowerCase(), password },
    attributes: { email },
  });
  return enter(auth, userId);
}

async function signIn(auth: Lucia.Auth, request: Request): Promise<Response> {
  const { email, password } = await readCredentials(request);
  const { userId } = await auth.useKey("email", email.toLowerCase(), password);
  return enter(auth, userId);
}

async function enter(auth: Lucia.Auth, userId: string): Promise<Response> {
  const session = await auth.createSession({ userId, attributes: {} });
  return seeOther("/app", [auth.createSessionCookie(session).serialize()]);
}

async function signOut(auth: Lucia.Auth, request: Request): Promise<Response> {
  const session = await auth.handleRequest(request).validate();
  if (!session) return new Response(null, { status: 401 });
  await auth.invalidateSession(session.sessionId);
  return seeOther("/auth/signin", [auth.createSessionCookie(null).serialize()]);
}

async function showApp(auth: Lucia.Auth, request: Request, env: Environment): Promise<Response> {
  const session = await auth.handleRequest(request).validate();
  return session ? appPage(env, session.user.email) : seeOther("/auth/signin");
}
