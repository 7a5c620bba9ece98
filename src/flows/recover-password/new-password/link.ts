import { withReturnPath } from "../../../http/return-path.ts";
import type { Context } from "../../../request/context.ts";
import { RESET_COOKIE, RESET_COOKIE_SECONDS } from "../../../request/flow-cookies.ts";
import type { CarriedLink, DeadLinkMessage } from "../../../request/mailed-link.tsx";
import { messages } from "./messages.ts";

/**
 * The link to choose a new password. It can be used once it is bound to an account. Where emails must be verified, a
 * link without an account can be used as well, and creates one.
 */
export const RESET_LINK: CarriedLink = {
  purpose: "reset-password",
  carrier: {
    cookie: RESET_COOKIE,
    seconds: RESET_COOKIE_SECONDS,
    path: "/auth/reset-password",
    describeMissing: (context) => {
      const { noLinkTitle, noLink } = messages[context.locale.language];
      return describeDeadEnd(context, noLinkTitle, noLink);
    },
  },
  isUsable: ({ config }, { user_id }) => user_id !== null || config.emailVerification === "required",
  describeDead: (context) => {
    const { deadTitle, dead } = messages[context.locale.language];
    return describeDeadEnd(context, deadTitle, dead);
  },
};

function describeDeadEnd({ locale, returnPath }: Context, title: string, message: string): DeadLinkMessage {
  const text = messages[locale.language];
  const actions = [
    { href: withReturnPath("/auth/forgot-password", returnPath), label: text.askAgain },
    { href: withReturnPath("/auth/signin", returnPath), label: text.signin },
  ];
  return { title, message, actions };
}
