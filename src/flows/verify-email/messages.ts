import { translations } from "../../i18n/language.ts";
import type { Children } from "../../views/jsx-runtime.ts";
import type { CodeProblem } from "./form.ts";

export type LinkPasswordProblem = "missing" | "wrong";

export const messages = translations({
  en: {
    title: "Verify your address",
    sentHeading: "Check your mail",
    sentTo: (email: Children): Children => [
      "We have written to ",
      email,
      ". Type the code from that mail, or use the link in it.",
    ],
    sent: "Type the code from our mail, or use the link in it.",
    notSent: (email: Children): Children => [
      "We send a code and a link to ",
      email,
      ", to know that mail reaches you there.",
    ],
    code: "Code",
    codeHelp: "8 digits. It may take a minute to arrive; check your spam folder, too.",
    submit: "Verify",
    busy: "Verifying...",
    sendAnother: "Send another mail",
    sendFirst: "Send me a code",
    sending: "Sending...",
    codeProblems: {
      missing: "Type the code from our mail",
      malformed: "The code has 8 digits and nothing else",
      wrong: "This is not the code from our newest mail. Check it, or have a new one sent",
      "attempts-exhausted": "That was one wrong code too many. Have a new one sent",
      expired: "This code is older than 10 minutes. Have a new one sent, or use the link in the mail",
      gone: "This code no longer works here: it was used or replaced, or you have signed out in this browser since",
    } satisfies Record<CodeProblem, string>,
    linkLead: (email: Children): Children => [
      "This verifies ",
      email,
      ". Go on if you are creating an account, or verifying your address, right now.",
    ],
    linkWarning: "If somebody else asked you to, do not: close this page.",
    linkSubmit: "Verify my address",
    linkPasswordHelp:
      "The one you chose when you signed up. It shows that the account is yours, because you are not in the browser that asked.",
    linkPasswordProblems: {
      missing: "Enter the password that you have chosen for this account",
      wrong:
        "This is not the password of whoever asked for this mail. If we sent you several, try the link in another one, or sign up again",
    } satisfies Record<LinkPasswordProblem, string>,
    deadTitle: "This no longer works",
    dead: "It was used already, newer mails have replaced it, it is too old, or a part of it is missing. If you verified your email already, perhaps on another device, sign in. If not, sign in or sign up again to get a new one.",
    verifiedElsewhere: "Verified on another device?",
    newCode: "Need a new code?",
    continue: "Continue",
    continueAs: (email: string) => `Continue as ${email}`,
    signin: "Sign in",
    signup: "Create an account",
  },
  de: {
    title: "Adresse bestätigen",
    sentHeading: "Prüfen Sie Ihr Postfach",
    sentTo: (email) => [
      "Wir haben an ",
      email,
      " geschrieben. Tippen Sie den Code aus dieser Mail ein oder benutzen Sie den Link darin.",
    ],
    sent: "Tippen Sie den Code aus unserer Mail ein oder benutzen Sie den Link darin.",
    notSent: (email) => [
      "Wir senden einen Code und einen Link an ",
      email,
      ", um zu wissen, dass Mail Sie dort erreicht.",
    ],
    code: "Code",
    codeHelp: "8 Ziffern. Es kann eine Minute dauern, bis er ankommt; sehen Sie auch im Spam-Ordner nach.",
    submit: "Bestätigen",
    busy: "Wird bestätigt ...",
    sendAnother: "Noch eine Mail senden",
    sendFirst: "Code senden",
    sending: "Wird gesendet ...",
    codeProblems: {
      missing: "Tippen Sie den Code aus unserer Mail ein",
      malformed: "Der Code hat 8 Ziffern und sonst nichts",
      wrong: "Das ist nicht der Code aus unserer neuesten Mail. Prüfen Sie ihn oder fordern Sie einen neuen an",
      "attempts-exhausted": "Das war ein falscher Code zu viel. Fordern Sie einen neuen an",
      expired:
        "Dieser Code ist älter als 10 Minuten. Fordern Sie einen neuen an, oder benutzen Sie den Link in der Mail",
      gone: "Dieser Code gilt hier nicht mehr: Er wurde benutzt oder ersetzt, oder Sie haben sich in diesem Browser abgemeldet",
    },
    linkLead: (email) => [
      "Damit bestätigen Sie ",
      email,
      ". Machen Sie weiter, wenn Sie gerade jetzt ein Konto anlegen oder Ihre Adresse bestätigen.",
    ],
    linkWarning: "Wenn jemand anderes Sie darum gebeten hat, tun Sie es nicht: Schließen Sie diese Seite.",
    linkSubmit: "Meine Adresse bestätigen",
    linkPasswordHelp:
      "Das Passwort, das Sie beim Anlegen gewählt haben. Es zeigt, dass es Ihr Konto ist, denn dieser Browser hat die Mail nicht angefordert.",
    linkPasswordProblems: {
      missing: "Geben Sie das Passwort ein, das Sie für dieses Konto gewählt haben",
      wrong:
        "Wer diese Mail angefordert hat, hat ein anderes Passwort. Wenn wir Ihnen mehrere gesendet haben, versuchen Sie es mit dem Link in einer anderen, oder legen Sie das Konto noch einmal an",
    },
    deadTitle: "Das gilt nicht mehr",
    dead: "Es wurde schon benutzt, neuere Mails haben es ersetzt, es ist zu alt, oder ein Teil davon fehlt. Wenn Sie Ihre E-Mail-Adresse schon bestätigt haben, vielleicht auf einem anderen Gerät, melden Sie sich an. Wenn nicht, melden Sie sich an oder legen Sie das Konto noch einmal an, um einen neuen zu bekommen.",
    verifiedElsewhere: "Auf einem anderen Gerät bestätigt?",
    newCode: "Brauchen Sie einen neuen Code?",
    continue: "Weiter",
    continueAs: (email) => `Weiter als ${email}`,
    signin: "Anmelden",
    signup: "Konto anlegen",
  },
});
