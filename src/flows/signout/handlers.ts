import type { Context } from "../../context.ts";
import { seeOther } from "../../http/responses.ts";

/** Ends the session that the cookie names. That there is none is no error: one is signed out either way. */
export async function submitSignout(context: Context): Promise<Response> {
  await context.signOut();
  return seeOther("/auth/signin");
}
