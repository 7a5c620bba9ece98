import { authenticatedAt, level } from "../../auth/sessions/evidence.ts";
import { json } from "../../http/responses.ts";
import type { Context } from "../../request/context.ts";

/**
 * Describes the signed-in user and session as JSON for scripts of this origin; `null` for visitors. Times are ISO 8601.
 * Contains no secret.
 */
export async function showSession(context: Context): Promise<Response> {
  const session = await context.session.read();
  if (!session) return json(null);
  const { evidence, createdAt, expiresAt } = session;
  const { id, email, emailVerified } = session.account;
  const authentication = {
    factors: evidence.map(({ method }) => method).filter((method) => method !== "no-factor"),
    level: level(evidence),
    at: new Date(authenticatedAt(evidence)),
  };
  return json({
    user: { id, email, emailVerified },
    session: { createdAt: new Date(createdAt), expiresAt: new Date(expiresAt), authentication },
  });
}
