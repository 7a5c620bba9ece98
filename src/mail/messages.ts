import { renderMail } from "../views/mail.tsx";
import type { Mail } from "./mailer.ts";

const IGNORE = "If this was not you, ignore this mail: nothing happens without it.";

/** Proof that mail to an address reaches whoever asked. The code is for the browser that asked, the link for any. */
export function verificationMail(to: string, code: string, href: string): Mail {
  return {
    to,
    ...renderMail({
      subject: `${code} is your code for Gatehouse`,
      lead: ["Type this code where you were asked for it. It is good for 10 minutes."],
      code,
      link: { label: "Or open this page, within 24 hours. In another browser it asks for your password", href },
      close: [
        "Only do so if you are creating an account or verifying your address right now.",
        "If this was not you, ignore this mail: without the code or the link nobody can use your address.",
      ],
    }),
  };
}

/** To the owner of an address that somebody signed up with once more. */
export function addressTakenMail(to: string, signinHref: string, recoveryHref: string): Mail {
  return {
    to,
    ...renderMail({
      subject: "You have an account with Gatehouse already",
      lead: ["Somebody, perhaps you, tried to create an account with this address. There is one already."],
      link: { label: "Sign in", href: signinHref },
      close: [`If you have forgotten your password, choose a new one: ${recoveryHref}`, IGNORE],
    }),
  };
}

export function passwordResetMail(to: string, href: string): Mail {
  return {
    to,
    ...renderMail({
      subject: "Choose a new password for Gatehouse",
      lead: ["Somebody, perhaps you, asked for a new password for the account with this address."],
      link: { label: "Choose a new password, within 60 minutes", href },
      close: ["Doing so signs you out everywhere.", IGNORE],
    }),
  };
}

export function passwordChangedMail(to: string, recoveryHref: string): Mail {
  return {
    to,
    ...renderMail({
      subject: "Your password for Gatehouse was changed",
      lead: ["The password of your account was changed, and every device was signed out."],
      close: [
        `If this was not you, somebody can read your mail. Secure it first, then take your account back: ${recoveryHref}`,
      ],
    }),
  };
}
