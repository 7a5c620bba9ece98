import { brand } from "../brand.ts";
import { translations } from "../i18n/language.ts";
import type { MailContent } from "../views/mail.tsx";

const { name } = brand;

/** What is the same in many mails of a language. */
const IGNORE_EN = "If this was not you, ignore this mail: nothing happens without it.";
const IGNORE_DE = "Wenn Sie das nicht waren, beachten Sie diese Mail nicht: Ohne sie geschieht nichts.";

/** Every mail there is, by what happened. */
export const messages = translations({
  en: {
    /** Proof that mail to an address reaches whoever asked. The code is for the browser that asked, the link for any. */
    verification: (code: string, href: string): MailContent => ({
      subject: `${code} is your code for ${name}`,
      lead: ["Type this code where you were asked for it. It works for 10 minutes."],
      code,
      links: [{ label: "Or open this page, within 24 hours. In another browser it asks for your password", href }],
      close: [
        "Only do so if you are creating an account or verifying your address right now.",
        "If this was not you, ignore this mail: without the code or the link nobody can use your address.",
      ],
    }),
    /** To the owner of an address that somebody signed up with once more. */
    emailTaken: (signinHref: string, recoveryHref: string): MailContent => ({
      subject: `You have an account with ${name} already`,
      lead: ["Somebody, perhaps you, tried to create an account with this address. There is one already."],
      links: [
        { label: "Sign in", href: signinHref },
        { label: "If you have forgotten your password, choose a new one", href: recoveryHref },
      ],
      close: [IGNORE_EN],
    }),
    passwordReset: (href: string): MailContent => ({
      subject: `Choose a new password for ${name}`,
      lead: ["Somebody, perhaps you, asked for a new password for the account with this address."],
      links: [{ label: "Choose a new password, within 60 minutes", href }],
      close: ["Doing so signs you out everywhere.", IGNORE_EN],
    }),
    /** Where emails must be verified: to an email that has no account. */
    passwordForNewAccount: (href: string): MailContent => ({
      subject: `Choose a new password for ${name}`,
      lead: [
        "Somebody, perhaps you, asked for a new password. There is no account with this email yet.",
        "If you choose a password now, we create one. Only this password will work for it, whatever was chosen before.",
      ],
      links: [{ label: "Choose a new password, within 60 minutes", href }],
      close: [IGNORE_EN],
    }),
    /** After a reset: by whoever reads the mail. */
    passwordChanged: (recoveryHref: string): MailContent => ({
      subject: `Your password for ${name} was changed`,
      lead: [
        "The password of your account was changed, and every device was signed out.",
        "If this was not you, somebody can read your mail. Secure your mailbox first, then take your account back.",
      ],
      links: [{ label: "Take your account back", href: recoveryHref }],
      close: [],
    }),
    passwordChangedByOwner: (recoveryHref: string): MailContent => ({
      subject: `Your password for ${name} was changed`,
      lead: [
        "The password of your account was changed by somebody who knew it, and every other device was signed out.",
      ],
      links: [{ label: "If this was not you, take your account back at once", href: recoveryHref }],
      close: [],
    }),
    /** To the address that an account wants to have. */
    confirmEmail: (href: string): MailContent => ({
      subject: `Confirm your new address for ${name}`,
      lead: ["Somebody, perhaps you, wants to use this address for their account."],
      links: [{ label: "Confirm it, within 60 minutes. In another browser it asks for your password", href }],
      close: ["Only do so if you are changing the address of your own account right now.", IGNORE_EN],
    }),
    /** To the owner of an address that somebody wanted to move their own account to. */
    emailNotFree: (signinHref: string): MailContent => ({
      subject: `This address has an account with ${name} already`,
      lead: [
        "Somebody, perhaps you, wanted to use this address for another account. It has one already, so that is not possible.",
      ],
      links: [{ label: "Sign in to the account with this address", href: signinHref }],
      close: [IGNORE_EN],
    }),
    /** To the address that an account had until now. */
    emailChanged: (undoHref: string): MailContent => ({
      subject: `Your address for ${name} was changed`,
      lead: ["Your account has another address now. This one does not sign you in any more."],
      links: [{ label: "If this was not you, undo it, within 7 days", href: undoHref }],
      close: ["Undoing it signs out every device, and you choose a new password."],
    }),
    /** To an address that an account had without ever verifying it. */
    emailLeft: (): MailContent => ({
      subject: `An account with ${name} has left this address`,
      lead: ["An account that was made with this address, and never verified it, has another address now."],
      close: [
        "If it was yours and this was not you, create it again. If you never had an account, nothing is left to do.",
      ],
    }),
    /** To the address that an account has again. */
    emailChangeUndone: (recoveryHref: string): MailContent => ({
      subject: `Your address for ${name} is back`,
      lead: ["The change of your address was undone. Every device was signed out, and the old password opens nothing."],
      links: [{ label: "If you have not chosen a new password yet, do it here", href: recoveryHref }],
      close: [],
    }),
    /** To the address that an account had for a while. */
    emailGivenUp: (): MailContent => ({
      subject: `This address has no account with ${name} any more`,
      lead: ["The change to this address was undone from the mailbox that the account had before."],
      close: ["If that mailbox is yours, nothing is left to do. If it is not, whoever reads it has the account now."],
    }),
    accountDeleted: (): MailContent => ({
      subject: `Your account with ${name} is deleted`,
      lead: ["Your account is deleted, with its password, sessions and activity. This is our last mail about it."],
      close: ["If this was not you, somebody knew your password. Change it wherever else you use it."],
    }),
  },
  de: {
    verification: (code, href) => ({
      subject: `${code} ist Ihr Code für ${name}`,
      lead: ["Tippen Sie diesen Code dort ein, wo Sie danach gefragt wurden. Er gilt 10 Minuten."],
      code,
      links: [
        {
          label:
            "Oder öffnen Sie innerhalb von 24 Stunden diese Seite. In einem anderen Browser fragt sie nach Ihrem Passwort",
          href,
        },
      ],
      close: [
        "Tun Sie das nur, wenn Sie gerade jetzt ein Konto anlegen oder Ihre Adresse bestätigen.",
        "Wenn Sie das nicht waren, beachten Sie diese Mail nicht: Ohne den Code oder den Link kann niemand Ihre Adresse benutzen.",
      ],
    }),
    emailTaken: (signinHref, recoveryHref) => ({
      subject: `Sie haben schon ein Konto bei ${name}`,
      lead: ["Jemand, vielleicht Sie, wollte mit dieser Adresse ein Konto anlegen. Es gibt schon eines."],
      links: [
        { label: "Anmelden", href: signinHref },
        { label: "Wenn Sie Ihr Passwort vergessen haben, wählen Sie ein neues", href: recoveryHref },
      ],
      close: [IGNORE_DE],
    }),
    passwordReset: (href) => ({
      subject: `Wählen Sie ein neues Passwort für ${name}`,
      lead: ["Jemand, vielleicht Sie, hat für das Konto mit dieser Adresse ein neues Passwort angefordert."],
      links: [{ label: "Wählen Sie innerhalb von 60 Minuten ein neues Passwort", href }],
      close: ["Damit werden Sie überall abgemeldet.", IGNORE_DE],
    }),
    passwordForNewAccount: (href) => ({
      subject: `Wählen Sie ein neues Passwort für ${name}`,
      lead: [
        "Jemand, vielleicht Sie, hat ein neues Passwort angefordert. Mit dieser E-Mail-Adresse gibt es noch kein Konto.",
        "Wenn Sie jetzt ein Passwort wählen, legen wir eines an. Nur dieses Passwort gilt dafür, was auch immer vorher gewählt wurde.",
      ],
      links: [{ label: "Wählen Sie innerhalb von 60 Minuten ein neues Passwort", href }],
      close: [IGNORE_DE],
    }),
    passwordChanged: (recoveryHref) => ({
      subject: `Ihr Passwort für ${name} wurde geändert`,
      lead: [
        "Das Passwort Ihres Kontos wurde geändert, und alle Geräte wurden abgemeldet.",
        "Wenn Sie das nicht waren, kann jemand Ihre Mail lesen. Sichern Sie zuerst Ihr Postfach, dann holen Sie Ihr Konto zurück.",
      ],
      links: [{ label: "Holen Sie Ihr Konto zurück", href: recoveryHref }],
      close: [],
    }),
    passwordChangedByOwner: (recoveryHref) => ({
      subject: `Ihr Passwort für ${name} wurde geändert`,
      lead: [
        "Das Passwort Ihres Kontos hat jemand geändert, der es kannte, und alle anderen Geräte wurden abgemeldet.",
      ],
      links: [{ label: "Wenn Sie das nicht waren, holen Sie Ihr Konto sofort zurück", href: recoveryHref }],
      close: [],
    }),
    confirmEmail: (href) => ({
      subject: `Bestätigen Sie Ihre neue Adresse für ${name}`,
      lead: ["Jemand, vielleicht Sie, möchte diese Adresse für sein Konto benutzen."],
      links: [
        {
          label:
            "Bestätigen Sie sie innerhalb von 60 Minuten. In einem anderen Browser werden Sie nach Ihrem Passwort gefragt",
          href,
        },
      ],
      close: ["Tun Sie das nur, wenn Sie gerade jetzt die Adresse Ihres eigenen Kontos ändern.", IGNORE_DE],
    }),
    emailNotFree: (signinHref) => ({
      subject: `Zu dieser Adresse gibt es schon ein Konto bei ${name}`,
      lead: [
        "Jemand, vielleicht Sie, wollte diese Adresse für ein anderes Konto benutzen. Sie gehört schon zu einem, darum geht das nicht.",
      ],
      links: [{ label: "Im Konto mit dieser Adresse anmelden", href: signinHref }],
      close: [IGNORE_DE],
    }),
    emailChanged: (undoHref) => ({
      subject: `Ihre Adresse für ${name} wurde geändert`,
      lead: ["Ihr Konto hat jetzt eine andere Adresse. Mit dieser können Sie sich nicht mehr anmelden."],
      links: [{ label: "Wenn Sie das nicht waren, machen Sie es innerhalb von 7 Tagen rückgängig", href: undoHref }],
      close: ["Dabei werden alle Geräte abgemeldet, und Sie wählen ein neues Passwort."],
    }),
    emailLeft: () => ({
      subject: `Ein Konto bei ${name} hat diese Adresse verlassen`,
      lead: [
        "Ein Konto, das mit dieser Adresse angelegt wurde, ohne dass sie je bestätigt wurde, hat jetzt eine andere.",
      ],
      close: [
        "Wenn es Ihres war und Sie das nicht waren, legen Sie es noch einmal an. Wenn Sie nie ein Konto hatten, ist nichts zu tun.",
      ],
    }),
    emailChangeUndone: (recoveryHref) => ({
      subject: `Sie haben Ihre Adresse für ${name} wieder`,
      lead: [
        "Die Änderung Ihrer Adresse wurde rückgängig gemacht. Alle Geräte wurden abgemeldet, und das alte Passwort öffnet nichts mehr.",
      ],
      links: [{ label: "Wenn Sie noch kein neues Passwort gewählt haben, tun Sie es hier", href: recoveryHref }],
      close: [],
    }),
    emailGivenUp: () => ({
      subject: `Zu dieser Adresse gibt es kein Konto bei ${name} mehr`,
      lead: ["Der Wechsel zu dieser Adresse wurde aus dem früheren Postfach des Kontos rückgängig gemacht."],
      close: [
        "Wenn es Ihr Postfach ist, ist nichts zu tun. Wenn nicht, gehört das Konto jetzt der Person, die es liest.",
      ],
    }),
    accountDeleted: () => ({
      subject: `Ihr Konto bei ${name} ist gelöscht`,
      lead: ["Ihr Konto ist gelöscht, mit Passwort, Sitzungen und Aktivität. Das ist unsere letzte Mail dazu."],
      close: ["Wenn Sie das nicht waren, kannte jemand Ihr Passwort. Ändern Sie es überall, wo Sie es sonst benutzen."],
    }),
  },
});
