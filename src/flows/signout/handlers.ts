import type { Context } from "../../context.ts";
import { seeOther } from "../../http/responses.ts";
import { VERIFY_COOKIE } from "../../request-verification.ts";

/** Ends the session that the cookie names. That there is none is no error: one is signed out either way. */
export async function submitSignout(context: Context): Promise<Response> {
  await context.signOut();
  // On a shared computer the next person must not see whose address was to be verified.
  context.cookie(VERIFY_COOKIE).clear();
  return seeOther("/auth/signin");
}
