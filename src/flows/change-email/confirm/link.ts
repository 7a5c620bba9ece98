import { HttpError } from "../../../http/refusals.ts";
import { logWrongAccount } from "../../../request/access.ts";
import type { MailedLink } from "../../../request/mailed-link.tsx";
import { messages } from "./messages.ts";

/** The link that is sent to the new email and confirms the change of an account's email. */
export const CONFIRM_LINK: MailedLink = {
  purpose: "change-email",
  requireOwner: (context, { user_id }, { account }) => {
    if (account.id === user_id) return;
    logWrongAccount(context, account.id);
    throw new HttpError("link-for-other-account");
  },
  describeDead: ({ locale }) => {
    const { deadTitle, dead, account } = messages[locale.language];
    return { title: deadTitle, message: dead, actions: [{ href: "/app/account", label: account }] };
  },
};
