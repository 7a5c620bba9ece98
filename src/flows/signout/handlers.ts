import { HttpError } from "../../http/refusals.ts";
import { seeOther } from "../../http/responses.ts";
import { withReturnPath } from "../../http/return-path.ts";
import type { Context } from "../../request/context.ts";

/**
 * Ends the session that the cookie names, whatever the form contains. A missing session is no error, because the
 * visitor is signed out either way.
 */
export async function submitSignout(context: Context): Promise<Response> {
  await context.form().catch(ignoreRefusal);
  await context.session.signOut();
  return seeOther(withReturnPath("/auth/signin", context.returnPath));
}

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof HttpError)) throw error;
}
