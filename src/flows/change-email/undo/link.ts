import type { MailedLink } from "../../../request/mailed-link.tsx";
import { WORDS } from "./words.ts";

/** The link to the former email of an account, by which its owner takes the account back. */
export const UNDO_LINK: MailedLink = {
  purpose: "undo-email",
  describeDead: ({ view }) => {
    const { deadTitle, dead, newPassword } = WORDS[view.language];
    return { title: deadTitle, message: dead, ways: [{ href: "/auth/forgot-password", label: newPassword }] };
  },
};
