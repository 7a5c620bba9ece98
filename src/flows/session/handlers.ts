import { json } from "../../http/responses.ts";
import { type Context, sessionEnd } from "../../request/context.ts";

/** Who is signed in, for scripts of this origin; `null` if nobody is. Never holds what would let anyone in. */
export async function showSession(context: Context): Promise<Response> {
  const session = await context.session();
  if (!session) return json(null);
  const { userId, email, emailVerified } = session.user;
  return json({
    user: { id: userId, email, emailVerified },
    session: { createdAt: session.createdAt, expiresAt: new Date(sessionEnd(session)) },
  });
}
