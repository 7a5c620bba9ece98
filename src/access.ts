import type { Session } from "lucia";
import type { Context } from "./context.ts";
import type { FormFields } from "./http/form-body.ts";
import { seeOther } from "./http/responses.ts";
import { withReturnPath } from "./http/return-path.ts";
import { requireSourceAllowance } from "./limits.ts";
import { pathWithoutLanguage } from "./read-page-view.ts";

/** Where signed-in people belong when nothing else is asked for. */
export const HOME_PATH = "/app";

export type Handler = (context: Context) => Response | Promise<Response>;

/** For handlers of pages that belong to someone: they do not compile where nobody need be signed in. */
export interface SignedInContext extends Context {
  readonly currentSession: Session;
}

declare const decided: unique symbol;

/** A handler about which it has been said who may enter. The site map takes no other. */
export type Entrance = Handler & { readonly [decided]: true };

export function anyone(handler: Handler): Entrance {
  return handler as Entrance;
}

/** For forms that anybody may send: as many from one place as the limit allows. */
export function counted(handler: Handler): Entrance {
  return anyone(async (context) => {
    await readPostedForm(context);
    await requireSourceAllowance(context);
    return handler(context);
  });
}

/** Turns signed-in visitors away to where they want to go: there is nothing to sign in to. */
export function guestOnly(handler: Handler): Entrance {
  return anyone(async (context) => {
    const posted = await readPostedForm(context);
    const [session] = await Promise.all([context.session(), countWithSession(context, posted)]);
    if (session) return seeOther(posted?.returnPath ?? context.returnPath ?? HOME_PATH);
    return handler(context);
  });
}

/** Sends everyone else to sign in, and from there back to where they were going. Forms are counted by where they come from. */
export function signedIn(handler: (context: SignedInContext) => Response | Promise<Response>): Entrance {
  return anyone(async (context) => {
    const posted = await readPostedForm(context);
    const [currentSession] = await Promise.all([context.session(), countWithSession(context, posted)]);
    // Not copied: that would make everything that the context only makes when it is asked for.
    if (currentSession) return handler(Object.assign(context, { currentSession }));
    return seeOther(withReturnPath("/auth/signin", pathWithoutLanguage(context.url)));
  });
}

/**
 * The same for a page that shows what `read` finds about its owner. It is read while the session is, on the word of the
 * cookie alone, so that the page costs one round trip; what was read for a cookie that lied is dropped.
 */
export function signedInReading<T>(
  read: (context: Context, userId: string) => Promise<T>,
  handler: (context: SignedInContext, found: T) => Response | Promise<Response>,
): Entrance {
  return anyone((context) => {
    const { claimedUserId } = context;
    const reading = claimedUserId === null ? null : read(context, claimedUserId);
    reading?.catch(() => {});
    return signedIn(async (owner) => handler(owner, await (reading ?? read(owner, owner.currentSession.user.userId))))(
      context,
    );
  });
}

/** A form for which a session is looked up has reached a store by that, whatever becomes of it. */
async function countWithSession(context: Context, posted: FormFields | null): Promise<void> {
  if (posted !== null && context.claimedUserId !== null) await requireSourceAllowance(context);
}

/** A form that is none is refused before anyone asks who sent it. */
async function readPostedForm(context: Context): Promise<FormFields | null> {
  return context.request.method === "POST" ? context.form() : null;
}
