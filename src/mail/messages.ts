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

export function passwordChangedByOwnerMail(to: string, recoveryHref: string): Mail {
  return {
    to,
    ...renderMail({
      subject: "Your password for Gatehouse was changed",
      lead: [
        "The password of your account was changed by somebody who knew it, and every other device was signed out.",
      ],
      close: [`If this was not you, take your account back at once: ${recoveryHref}`],
    }),
  };
}

/** To the address that an account wants to have. */
export function confirmEmailMail(to: string, href: string): Mail {
  return {
    to,
    ...renderMail({
      subject: "Confirm your new address for Gatehouse",
      lead: ["Somebody, perhaps you, wants to use this address for their account."],
      link: { label: "Confirm it, within 60 minutes. In another browser it asks for your password", href },
      close: ["Only do so if you are changing the address of your own account right now.", IGNORE],
    }),
  };
}

/** To the owner of an address that somebody wanted to move their own account to. */
export function emailNotFreeMail(to: string, signinHref: string): Mail {
  return {
    to,
    ...renderMail({
      subject: "This address has an account with Gatehouse already",
      lead: [
        "Somebody, perhaps you, wanted to use this address for another account. It has one already, so that is not possible.",
      ],
      link: { label: "Sign in to the account with this address", href: signinHref },
      close: [IGNORE],
    }),
  };
}

/** To the address that an account had until now. */
export function emailChangedMail(to: string, undoHref: string): Mail {
  return {
    to,
    ...renderMail({
      subject: "Your address for Gatehouse was changed",
      lead: ["Your account has another address now. This one does not sign you in any more."],
      link: { label: "If this was not you, undo it, within 7 days", href: undoHref },
      close: ["Undoing it signs out every device, and you choose a new password."],
    }),
  };
}

/** To an address that an account had without ever verifying it. */
export function emailLeftMail(to: string): Mail {
  return {
    to,
    ...renderMail({
      subject: "An account with Gatehouse has left this address",
      lead: ["An account that was made with this address, and never verified it, has another address now."],
      close: [
        "If it was yours and this was not you, create it again. If you never had an account, nothing is left to do.",
      ],
    }),
  };
}

/** To the address that an account has again. */
export function emailChangeUndoneMail(to: string, recoveryHref: string): Mail {
  return {
    to,
    ...renderMail({
      subject: "Your address for Gatehouse is back",
      lead: ["The change of your address was undone. Every device was signed out, and the old password opens nothing."],
      close: [`If you have not chosen a new password yet, do it here: ${recoveryHref}`],
    }),
  };
}

/** To the address that an account had for a while. */
export function emailGivenUpMail(to: string): Mail {
  return {
    to,
    ...renderMail({
      subject: "This address has no account with Gatehouse any more",
      lead: ["The change to this address was undone from the mailbox that the account had before."],
      close: ["If that mailbox is yours, nothing is left to do. If it is not, whoever reads it has the account now."],
    }),
  };
}

export function accountDeletedMail(to: string): Mail {
  return {
    to,
    ...renderMail({
      subject: "Your account with Gatehouse is deleted",
      lead: ["Your account is deleted, with its password, sessions and activity. This is our last mail about it."],
      close: ["If this was not you, somebody knew your password. Change it wherever else you use it."],
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
