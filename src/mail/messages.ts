import { brand } from "../brand.ts";
import { readableEmail } from "../i18n/email-syntax.ts";
import { translations } from "../i18n/language.ts";
import type { Change, MailContent } from "../views/mail.tsx";

const { name } = brand;

/** A closing note for messages that anyone can trigger by entering the recipient's email. */
const IGNORE_EN = "Didn't ask for this? Ignore this email. Nothing changes.";
const IGNORE_DE = "Sie haben das nicht angefordert? Dann ignorieren Sie diese E-Mail. Es ändert sich nichts.";

/** A change of the factors that sign in to an account. */
type FactorChange =
  | "passkey-added"
  | "passkey-removed"
  | "two-step-on"
  | "two-step-off"
  | "authenticator-added"
  | "authenticator-removed"
  | "recovery-codes-created";

/** A closing note for messages that offer nothing else to do. Empty if the brand has no support email. */
const support = brand.supportEmail === null ? null : readableEmail(brand.supportEmail);
const CONTACT_EN = support === null ? [] : [`Questions? Write to ${support}.`];
const CONTACT_DE = support === null ? [] : [`Haben Sie Fragen? Schreiben Sie an ${support}.`];

/** The texts of all messages, by the event that causes them. */
export const messages = translations({
  en: {
    /** Proves access to a mailbox. The code works only in the browser that requested it, the link in any browser. */
    verification: (code: string, href: string): MailContent => ({
      subject: `${code} is your ${name} code`,
      heading: "Verify your email",
      lead: ["Enter this code on the page that asks for it, or open the link."],
      code,
      links: [{ label: "Verify email", href }],
      notes: [
        "The code works for 10 minutes, the link for 24 hours. In another browser, the link asks for your password.",
        "Did you just sign up or ask to verify this email? If not, ignore this message and don't share the code. Without it, no one can use your email.",
      ],
    }),
    /** For an account without a password or a passkey, whose owner confirms an action. Works in one browser. */
    confirmationCode: (code: string): MailContent => ({
      subject: `${code} is your ${name} code`,
      heading: "Confirm it's you",
      lead: ["Enter this code on the page that asks for it."],
      code,
      notes: [
        "The code works for 10 minutes, only in the browser where you asked for it.",
        "Didn't ask for it? Someone is signed in to your account, or signed up with your email. Don't share the code.",
      ],
    }),
    /** Sent to the owner of an account when someone signs up with its email again. */
    emailTaken: (signinHref: string, recoveryHref: string): MailContent => ({
      subject: `You already have a ${name} account`,
      lead: ["Someone, perhaps you, tried to sign up with this email. There's already an account with it."],
      links: [
        { label: "Sign in", href: signinHref },
        { label: "Forgot your password? Reset it", href: recoveryHref },
      ],
      notes: [IGNORE_EN],
    }),
    passwordReset: (href: string): MailContent => ({
      subject: `Choose a new ${name} password`,
      lead: ["Someone, perhaps you, asked to reset the password of the account with this email."],
      links: [{ label: "Choose a new password", href }],
      notes: ["The link works for 60 minutes. A new password signs you out everywhere.", IGNORE_EN],
    }),
    /** Sent to an email without an account, if the configuration requires verified emails. */
    passwordForNewAccount: (href: string): MailContent => ({
      subject: `Choose a new ${name} password`,
      lead: [
        "Someone, perhaps you, asked to reset a password. There's no account with this email yet.",
        "If you choose a password now, we create the account. Only this password will work for it.",
      ],
      links: [{ label: "Choose a new password", href }],
      notes: ["The link works for 60 minutes.", IGNORE_EN],
    }),
    /** Sent after a sign-in with the password on a device that is not a known device of the account. */
    newSignIn: (change: Change, recoveryHref: string, sessionsHref: string): MailContent => ({
      subject: `New sign-in to your ${name} account`,
      lead: ["Someone, perhaps you, signed in with your password on a device that we don't recognize."],
      change,
      links: [
        { label: "Not you? Reset your password", href: recoveryHref },
        { label: "See your devices", href: sessionsHref },
      ],
      notes: [
        "If this was you, you have nothing to do. We don't recognize a device after its cookies were cleared, or after a change of your password or email.",
        "If this wasn't you, someone knows your password. Resetting it signs out all devices. Change it wherever else you use it.",
      ],
    }),
    /** Sent after a reset, which requires only access to the mailbox. */
    passwordChanged: (change: Change, recoveryHref: string, passkeys: number): MailContent => ({
      subject: `Your ${name} password was reset`,
      lead: [
        "Your password was reset by a link in an email, and you were signed out everywhere.",
        ...(passkeys === 0
          ? []
          : [`${passkeys === 1 ? "1 passkey still signs" : `${passkeys} passkeys still sign`} in to your account.`]),
      ],
      change,
      links: [{ label: "Not you? Recover your account", href: recoveryHref }],
      notes: ["If this wasn't you, someone can read your email. Secure your mailbox first."],
    }),
    passwordChangedByOwner: (change: Change, recoveryHref: string): MailContent => ({
      subject: `Your ${name} password was changed`,
      lead: ["Your password was changed, and all other devices were signed out."],
      change,
      links: [{ label: "Not you? Recover your account", href: recoveryHref }],
      notes: ["If this wasn't you, someone knew your password. Change it wherever else you use it."],
    }),
    /** Sent after a change of the factors that sign in. */
    factorChanged: (kind: FactorChange, change: Change, signInHref: string): MailContent => {
      const [event, lead] = {
        "passkey-added": ["A passkey was added", "A passkey was added to your account. It can sign in to it."],
        "passkey-removed": [
          "A passkey was removed",
          "A passkey was removed from your account. It can't sign in any more. All other devices were signed out.",
        ],
        "two-step-on": [
          "Two-step sign-in was turned on",
          "Two-step sign-in was turned on. A password alone no longer signs in to your account.",
        ],
        "two-step-off": [
          "Two-step sign-in was turned off",
          "Two-step sign-in was turned off. One step is now enough to sign in. All other devices were signed out.",
        ],
        "authenticator-added": [
          "An authenticator app was added",
          "An authenticator app was added to your account. It shows codes for the second step of signing in.",
        ],
        "authenticator-removed": [
          "The authenticator app was removed",
          "The authenticator app was removed from your account. Its codes don't work any more.",
        ],
        "recovery-codes-created": [
          "New recovery codes were created",
          "New recovery codes were created for your account. Earlier ones don't work any more.",
        ],
      }[kind] as [string, string];
      return {
        subject: `${event}: your ${name} account`,
        lead: [lead],
        change,
        links: [{ label: "Check how you sign in", href: signInHref }],
        notes: [
          "If this was you, you have nothing to do.",
          "If this wasn't you, someone can sign in to your account. Change your password, and remove passkeys and devices that you don't recognize.",
          ...CONTACT_EN,
        ],
      };
    },
    recoveryCodeUsed: (change: Change, remaining: number, signInHref: string, recoveryHref: string): MailContent => ({
      subject: `A recovery code was used for your ${name} account`,
      lead: [
        "Someone, perhaps you, entered one of your recovery codes after your password. It doesn't work again.",
        remaining === 1 ? "1 recovery code is left." : `${remaining} recovery codes are left.`,
      ],
      change,
      links: [
        { label: "Create new recovery codes", href: signInHref },
        { label: "Not you? Reset your password", href: recoveryHref },
      ],
      notes: ["If this wasn't you, someone knows your password and has your recovery codes."],
    }),
    /** Sent at the first wrong code after a right password. */
    secondStepFailed: (change: Change, recoveryHref: string): MailContent => ({
      subject: `Your ${name} password was entered with a wrong code`,
      lead: ["Someone, perhaps you, entered your password and then a wrong code. They weren't signed in."],
      change,
      links: [{ label: "Not you? Reset your password", href: recoveryHref }],
      notes: [
        "If you mistyped the code, you have nothing to do.",
        "If this wasn't you, choose a new password now. Change it wherever else you use it.",
      ],
    }),
    /** Sent to the new email before the change. */
    confirmEmail: (href: string): MailContent => ({
      subject: `Confirm your new email for ${name}`,
      lead: ["Someone, perhaps you, wants to use this email for their account."],
      links: [{ label: "Confirm email", href }],
      notes: [
        "The link works for 60 minutes. In another browser, it asks for your password.",
        "Are you changing the email of your own account right now? If not, ignore this message. Nothing changes.",
      ],
    }),
    /** Sent to the owner of an account when someone wants to use its email for another account. */
    emailNotFree: (signinHref: string): MailContent => ({
      subject: `There's already a ${name} account with this email`,
      lead: [
        "Someone, perhaps you, wanted to use this email for another account. Each email can have only one account.",
      ],
      links: [{ label: "Sign in", href: signinHref }],
      notes: [IGNORE_EN],
    }),
    /**
     * Sent to the previous email. `change` and `newEmail` are null if the message is sent again because a reset link was
     * requested.
     */
    emailChanged: (change: Change | null, undoHref: string, newEmail: string | null): MailContent => ({
      subject: `Your ${name} email was changed`,
      lead: [
        newEmail === null
          ? "Your account has another email now. You can no longer sign in with this one."
          : `Your account's email is now ${readableEmail(newEmail)}. You can no longer sign in with this one.`,
      ],
      change: change ?? undefined,
      links: [{ label: "Not you? Undo the change", href: undoHref }],
      notes: [
        "The link works for 7 days. Undoing the change signs out all devices, and you choose a new password.",
        "Passkeys, authenticator apps and recovery codes that were added after the change are removed. If no older passkey or app is left, two-step sign-in is turned off.",
      ],
    }),
    /** Sent to the previous email if it was never verified. */
    emailLeft: (): MailContent => ({
      subject: `This email is no longer used for ${name}`,
      lead: ["An account was created with this email but never verified it. It has another email now."],
      notes: [
        "If it was your account and this wasn't you, sign up again. If you never had an account, ignore this email.",
        ...CONTACT_EN,
      ],
    }),
    /** Sent to the email that the account has again. */
    emailChangeUndone: (change: Change, recoveryHref: string): MailContent => ({
      subject: `Your ${name} email is back`,
      lead: [
        "The change of your email was undone. You were signed out everywhere, and your old password stopped working.",
      ],
      change,
      links: [{ label: "Choose a new password", href: recoveryHref }],
      notes: [
        "If you already chose a new password, you have nothing more to do.",
        "Passkeys, authenticator apps and recovery codes that were added after the change were removed. Check how you sign in.",
      ],
    }),
    /** Sent to the email that the account had until the change was undone. */
    emailGivenUp: (): MailContent => ({
      subject: `This email is no longer used for ${name}`,
      lead: ["The change to this email was undone from the mailbox that the account had before."],
      notes: [
        "If both mailboxes are yours, you have nothing to do. If not, the account belongs to the other mailbox now.",
        ...CONTACT_EN,
      ],
    }),
    /** Sent to the account's email after its owner made the change to it final. */
    emailChangeFinal: (change: Change, recoveryHref: string): MailContent => ({
      subject: `Your ${name} email change is final`,
      lead: [
        "The change of your email can no longer be undone. The link that we sent to the old email stopped working.",
      ],
      change,
      links: [{ label: "Not you? Recover your account", href: recoveryHref }],
      notes: ["If this was you, you have nothing to do."],
    }),
    /** Sent to the email that the account had before that change. */
    emailReleased: (): MailContent => ({
      subject: `Your former ${name} email was released`,
      lead: [
        "The account that had this email before has made the change to another email final. Our link that undoes it stopped working.",
      ],
      notes: ["This email can be used for a new account now.", ...CONTACT_EN],
    }),
    accountDeleted: (change: Change): MailContent => ({
      subject: `Your ${name} account was deleted`,
      lead: ["Your account and everything in it was deleted."],
      change,
      notes: ["If this wasn't you, someone knew your password. Change it wherever else you use it.", ...CONTACT_EN],
    }),
  },
  de: {
    verification: (code, href) => ({
      subject: `${code} ist Ihr Code für ${name}`,
      heading: "E-Mail-Adresse bestätigen",
      lead: ["Geben Sie diesen Code auf der Seite ein, die danach fragt, oder öffnen Sie den Link."],
      code,
      links: [{ label: "E-Mail-Adresse bestätigen", href }],
      notes: [
        "Der Code gilt 10 Minuten, der Link 24 Stunden. In einem anderen Browser fragt der Link nach Ihrem Passwort.",
        "Haben Sie sich gerade registriert oder die Bestätigung angefordert? Wenn nicht, ignorieren Sie diese E-Mail und geben Sie den Code nicht weiter. Ohne ihn kann niemand Ihre E-Mail-Adresse verwenden.",
      ],
    }),
    confirmationCode: (code) => ({
      subject: `${code} ist Ihr Code für ${name}`,
      heading: "Bestätigen Sie, dass Sie es sind",
      lead: ["Geben Sie diesen Code auf der Seite ein, die danach fragt."],
      code,
      notes: [
        "Der Code gilt 10 Minuten und nur in dem Browser, in dem Sie ihn angefordert haben.",
        "Sie haben ihn nicht angefordert? Dann ist jemand in Ihrem Konto angemeldet oder hat sich mit Ihrer E-Mail-Adresse registriert. Geben Sie den Code nicht weiter.",
      ],
    }),
    emailTaken: (signinHref, recoveryHref) => ({
      subject: `Sie haben schon ein Konto bei ${name}`,
      lead: [
        "Jemand, vielleicht Sie, wollte sich mit dieser E-Mail-Adresse registrieren. Dafür gibt es aber schon ein Konto.",
      ],
      links: [
        { label: "Anmelden", href: signinHref },
        { label: "Passwort vergessen? Jetzt zurücksetzen", href: recoveryHref },
      ],
      notes: [IGNORE_DE],
    }),
    passwordReset: (href) => ({
      subject: `Wählen Sie ein neues Passwort für ${name}`,
      lead: ["Jemand, vielleicht Sie, möchte das Passwort des Kontos mit dieser E-Mail-Adresse zurücksetzen."],
      links: [{ label: "Neues Passwort wählen", href }],
      notes: ["Der Link gilt 60 Minuten. Mit dem neuen Passwort werden Sie überall abgemeldet.", IGNORE_DE],
    }),
    passwordForNewAccount: (href) => ({
      subject: `Wählen Sie ein neues Passwort für ${name}`,
      lead: [
        "Jemand, vielleicht Sie, möchte ein Passwort zurücksetzen. Mit dieser E-Mail-Adresse gibt es noch kein Konto.",
        "Wenn Sie jetzt ein Passwort wählen, erstellen wir das Konto. Nur dieses Passwort gilt dann dafür.",
      ],
      links: [{ label: "Neues Passwort wählen", href }],
      notes: ["Der Link gilt 60 Minuten.", IGNORE_DE],
    }),
    newSignIn: (change, recoveryHref, sessionsHref) => ({
      subject: `Neue Anmeldung in Ihrem Konto bei ${name}`,
      lead: ["Jemand, vielleicht Sie, hat sich mit Ihrem Passwort auf einem Gerät angemeldet, das wir nicht kennen."],
      change,
      links: [
        { label: "Waren Sie das nicht? Passwort zurücksetzen", href: recoveryHref },
        { label: "Ihre Geräte ansehen", href: sessionsHref },
      ],
      notes: [
        "Wenn Sie das waren, müssen Sie nichts tun. Wir erkennen ein Gerät nicht wieder, wenn seine Cookies gelöscht wurden oder sich Ihr Passwort oder Ihre E-Mail-Adresse geändert hat.",
        "Wenn Sie das nicht waren, kennt jemand Ihr Passwort. Wenn Sie es zurücksetzen, werden alle Geräte abgemeldet. Ändern Sie es überall, wo Sie es sonst noch verwenden.",
      ],
    }),
    passwordChanged: (change, recoveryHref, passkeys) => ({
      subject: `Ihr Passwort für ${name} wurde zurückgesetzt`,
      lead: [
        "Ihr Passwort wurde über einen Link in einer E-Mail zurückgesetzt, und Sie wurden überall abgemeldet.",
        ...(passkeys === 0
          ? []
          : [
              passkeys === 1
                ? "Mit 1 Passkey ist die Anmeldung weiterhin möglich."
                : `Mit ${passkeys} Passkeys ist die Anmeldung weiterhin möglich.`,
            ]),
      ],
      change,
      links: [{ label: "Waren Sie das nicht? Konto wiederherstellen", href: recoveryHref }],
      notes: ["Wenn Sie das nicht waren, kann jemand Ihre E-Mails lesen. Sichern Sie zuerst Ihr Postfach."],
    }),
    passwordChangedByOwner: (change, recoveryHref) => ({
      subject: `Ihr Passwort für ${name} wurde geändert`,
      lead: ["Ihr Passwort wurde geändert, und alle anderen Geräte wurden abgemeldet."],
      change,
      links: [{ label: "Waren Sie das nicht? Konto wiederherstellen", href: recoveryHref }],
      notes: [
        "Wenn Sie das nicht waren, kannte jemand Ihr Passwort. Ändern Sie es überall, wo Sie es sonst noch verwenden.",
      ],
    }),
    factorChanged: (kind, change, signInHref) => {
      const [event, lead] = {
        "passkey-added": [
          "Passkey hinzugefügt",
          "Ihrem Konto wurde ein Passkey hinzugefügt. Damit ist die Anmeldung möglich.",
        ],
        "passkey-removed": [
          "Passkey entfernt",
          "Ein Passkey wurde aus Ihrem Konto entfernt und funktioniert nicht mehr. Alle anderen Geräte wurden abgemeldet.",
        ],
        "two-step-on": [
          "Anmeldung in zwei Schritten eingeschaltet",
          "Die Anmeldung in zwei Schritten wurde eingeschaltet. Ein Passwort allein genügt nicht mehr.",
        ],
        "two-step-off": [
          "Anmeldung in zwei Schritten ausgeschaltet",
          "Die Anmeldung in zwei Schritten wurde ausgeschaltet. Jetzt genügt ein Schritt. Alle anderen Geräte wurden abgemeldet.",
        ],
        "authenticator-added": [
          "Authenticator-App hinzugefügt",
          "Ihrem Konto wurde eine Authenticator-App hinzugefügt. Sie zeigt Codes für den zweiten Schritt der Anmeldung.",
        ],
        "authenticator-removed": [
          "Authenticator-App entfernt",
          "Die Authenticator-App wurde aus Ihrem Konto entfernt. Ihre Codes funktionieren nicht mehr.",
        ],
        "recovery-codes-created": [
          "Neue Wiederherstellungscodes",
          "Für Ihr Konto wurden neue Wiederherstellungscodes erstellt. Frühere funktionieren nicht mehr.",
        ],
      }[kind] as [string, string];
      return {
        subject: `${event}: Ihr Konto bei ${name}`,
        lead: [lead],
        change,
        links: [{ label: "Anmeldung prüfen", href: signInHref }],
        notes: [
          "Wenn Sie das waren, müssen Sie nichts tun.",
          "Wenn Sie das nicht waren, kann sich jemand in Ihrem Konto anmelden. Ändern Sie Ihr Passwort, und entfernen Sie Passkeys und Geräte, die Sie nicht kennen.",
          ...CONTACT_DE,
        ],
      };
    },
    recoveryCodeUsed: (change, remaining, signInHref, recoveryHref) => ({
      subject: `Ein Wiederherstellungscode wurde für Ihr Konto bei ${name} verwendet`,
      lead: [
        "Jemand, vielleicht Sie, hat nach Ihrem Passwort einen Ihrer Wiederherstellungscodes eingegeben. Er funktioniert kein zweites Mal.",
        remaining === 1 ? "1 Code ist übrig." : `${remaining} Codes sind übrig.`,
      ],
      change,
      links: [
        { label: "Neue Codes erstellen", href: signInHref },
        { label: "Nicht Sie? Passwort zurücksetzen", href: recoveryHref },
      ],
      notes: ["Wenn Sie das nicht waren, kennt jemand Ihr Passwort und hat Ihre Wiederherstellungscodes."],
    }),
    secondStepFailed: (change, recoveryHref) => ({
      subject: `Ihr Passwort für ${name} wurde mit einem falschen Code eingegeben`,
      lead: [
        "Jemand, vielleicht Sie, hat Ihr Passwort und danach einen falschen Code eingegeben. Es gab keine Anmeldung.",
      ],
      change,
      links: [{ label: "Nicht Sie? Passwort zurücksetzen", href: recoveryHref }],
      notes: [
        "Wenn Sie sich beim Code vertippt haben, müssen Sie nichts tun.",
        "Wenn Sie das nicht waren, wählen Sie jetzt ein neues Passwort. Ändern Sie es überall, wo Sie es sonst verwenden.",
      ],
    }),
    confirmEmail: (href) => ({
      subject: `Bestätigen Sie Ihre neue E-Mail-Adresse für ${name}`,
      lead: ["Jemand, vielleicht Sie, möchte diese E-Mail-Adresse für ein Konto verwenden."],
      links: [{ label: "E-Mail-Adresse bestätigen", href }],
      notes: [
        "Der Link gilt 60 Minuten. In einem anderen Browser fragt er nach Ihrem Passwort.",
        "Ändern Sie gerade die E-Mail-Adresse Ihres eigenen Kontos? Wenn nicht, ignorieren Sie diese E-Mail. Es ändert sich nichts.",
      ],
    }),
    emailNotFree: (signinHref) => ({
      subject: `Mit dieser E-Mail-Adresse gibt es schon ein Konto bei ${name}`,
      lead: [
        "Jemand, vielleicht Sie, wollte diese E-Mail-Adresse für ein anderes Konto verwenden. Pro E-Mail-Adresse ist nur ein Konto möglich.",
      ],
      links: [{ label: "Anmelden", href: signinHref }],
      notes: [IGNORE_DE],
    }),
    emailChanged: (change, undoHref, newEmail) => ({
      subject: `Ihre E-Mail-Adresse für ${name} wurde geändert`,
      lead: [
        newEmail === null
          ? "Ihr Konto hat jetzt eine andere E-Mail-Adresse. Mit dieser hier können Sie sich nicht mehr anmelden."
          : `Ihr Konto hat jetzt die E-Mail-Adresse ${readableEmail(newEmail)}. Mit dieser hier können Sie sich nicht mehr anmelden.`,
      ],
      change: change ?? undefined,
      links: [{ label: "Waren Sie das nicht? Änderung rückgängig machen", href: undoHref }],
      notes: [
        "Der Link gilt 7 Tage. Dabei werden alle Geräte abgemeldet, und Sie wählen ein neues Passwort.",
        "Passkeys, Authenticator-Apps und Wiederherstellungscodes, die nach der Änderung hinzugefügt wurden, werden entfernt. Ist kein älterer Passkey und keine ältere App mehr da, wird die Anmeldung in zwei Schritten ausgeschaltet.",
      ],
    }),
    emailLeft: () => ({
      subject: `Diese E-Mail-Adresse wird für ${name} nicht mehr verwendet`,
      lead: [
        "Mit dieser E-Mail-Adresse wurde ein Konto erstellt, sie wurde aber nie bestätigt. Das Konto hat jetzt eine andere E-Mail-Adresse.",
      ],
      notes: [
        "Wenn es Ihr Konto war und die Änderung nicht von Ihnen stammt, registrieren Sie sich noch einmal. Wenn Sie nie ein Konto hatten, ignorieren Sie diese E-Mail.",
        ...CONTACT_DE,
      ],
    }),
    emailChangeUndone: (change, recoveryHref) => ({
      subject: `Ihr Konto bei ${name} hat wieder diese E-Mail-Adresse`,
      lead: [
        "Die Änderung Ihrer E-Mail-Adresse wurde rückgängig gemacht. Sie wurden überall abgemeldet, und Ihr altes Passwort funktioniert nicht mehr.",
      ],
      change,
      links: [{ label: "Neues Passwort wählen", href: recoveryHref }],
      notes: [
        "Wenn Sie schon ein neues Passwort gewählt haben, müssen Sie nichts mehr tun.",
        "Passkeys, Authenticator-Apps und Wiederherstellungscodes, die nach der Änderung hinzugefügt wurden, wurden entfernt. Prüfen Sie, wie Sie sich anmelden.",
      ],
    }),
    emailGivenUp: () => ({
      subject: `Diese E-Mail-Adresse wird für ${name} nicht mehr verwendet`,
      lead: ["Der Wechsel zu dieser E-Mail-Adresse wurde vom früheren Postfach des Kontos aus rückgängig gemacht."],
      notes: [
        "Wenn beide Postfächer Ihnen gehören, müssen Sie nichts tun. Wenn nicht, gehört das Konto jetzt zum anderen Postfach.",
        ...CONTACT_DE,
      ],
    }),
    emailChangeFinal: (change, recoveryHref) => ({
      subject: `Ihre neue E-Mail-Adresse für ${name} ist endgültig`,
      lead: [
        "Die Änderung Ihrer E-Mail-Adresse kann nicht mehr rückgängig gemacht werden. Der Link in unserer E-Mail an die alte Adresse funktioniert nicht mehr.",
      ],
      change,
      links: [{ label: "Waren Sie das nicht? Konto wiederherstellen", href: recoveryHref }],
      notes: ["Wenn Sie das waren, müssen Sie nichts tun."],
    }),
    emailReleased: () => ({
      subject: `Ihre frühere E-Mail-Adresse für ${name} ist wieder frei`,
      lead: [
        "Das Konto, das früher diese E-Mail-Adresse hatte, hat den Wechsel zu einer anderen Adresse endgültig gemacht. Unser Link, der ihn rückgängig macht, funktioniert nicht mehr.",
      ],
      notes: ["Mit dieser E-Mail-Adresse ist jetzt ein neues Konto möglich.", ...CONTACT_DE],
    }),
    accountDeleted: (change) => ({
      subject: `Ihr Konto bei ${name} wurde gelöscht`,
      lead: ["Ihr Konto und alle Daten darin wurden gelöscht."],
      change,
      notes: [
        "Wenn Sie das nicht waren, kannte jemand Ihr Passwort. Ändern Sie es überall, wo Sie es sonst noch verwenden.",
        ...CONTACT_DE,
      ],
    }),
  },
});
