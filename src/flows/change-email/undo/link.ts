import type { MailedLink } from "../../../request/mailed-link.tsx";
import { messages } from "./messages.ts";

/** The link that is sent to the former email of an account and undoes the change. */
export const UNDO_LINK: MailedLink = {
  purpose: "undo-email",
  describeDead: ({ locale }) => {
    const { deadTitle, dead, newPassword } = messages[locale.language];
    return { title: deadTitle, message: dead, actions: [{ href: "/auth/forgot-password", label: newPassword }] };
  },
};
