import { HttpError } from "../../http/refusals.ts";
import { seeOther } from "../../http/responses.ts";
import { withReturnPath } from "../../http/return-path.ts";
import type { Context } from "../../request/context.ts";

/**
 * Ends the session in the cookie, even if the form is rejected. A missing session is not an error, because the visitor
 * is signed out either way.
 */
export async function submitSignout(context: Context): Promise<Response> {
  await context.form().catch(ignoreRefusal);
  await context.session.signOut();
  context.cookies.notify("signed-out");
  return seeOther(withReturnPath("/auth/signin", context.returnPath));
}

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof HttpError)) throw error;
}
