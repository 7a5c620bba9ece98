import { withReturnPath } from "../../../http/return-path.ts";
import type { Context } from "../../../request/context.ts";
import { RESET_COOKIE, RESET_COOKIE_SECONDS } from "../../../request/flow-cookies.ts";
import type { CarriedLink, DeadLinkWords } from "../../../request/mailed-link.tsx";
import { WORDS } from "./words.ts";

/** The link to choose a new password. Live once it is good for an account, or for creating one. */
export const RESET_LINK: CarriedLink = {
  purpose: "reset-password",
  carrier: {
    cookie: RESET_COOKIE,
    seconds: RESET_COOKIE_SECONDS,
    path: "/auth/reset-password",
    describeMissing: (context) => {
      const { noLinkTitle, noLink } = WORDS[context.view.language];
      return describeDeadEnd(context, noLinkTitle, noLink);
    },
  },
  isGood: ({ config }, { user_id }) => user_id !== null || config.emailVerification === "required",
  describeDead: (context) => {
    const { deadTitle, dead } = WORDS[context.view.language];
    return describeDeadEnd(context, deadTitle, dead);
  },
};

function describeDeadEnd({ view, returnPath }: Context, title: string, message: string): DeadLinkWords {
  const words = WORDS[view.language];
  const ways = [
    { href: withReturnPath("/auth/forgot-password", returnPath), label: words.askAgain },
    { href: withReturnPath("/auth/signin", returnPath), label: words.signin },
  ];
  return { title, message, ways };
}
