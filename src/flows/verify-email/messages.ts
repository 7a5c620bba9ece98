import type { CodeProblem } from "../../forms/mailed-code.ts";
import { translations } from "../../i18n/language.ts";
import type { Children } from "../../views/jsx-runtime.ts";

export type LinkPasswordProblem = "missing" | "wrong" | "attempts-exhausted";

export const messages = translations({
  en: {
    title: "Verify your email",
    sentHeading: "Check your email",
    sentTo: (email: Children): Children => [
      "We sent an 8-digit code to ",
      email,
      ". Enter it here, or open the link in the email.",
    ],
    sent: "Enter the code from our email here, or open the link in the email.",
    notSent: (email: Children): Children => [
      "We'll send a code and a link to ",
      email,
      " to make sure that you can read email there.",
    ],
    haveEmail:
      "Already have our email? Open its link in this browser. Its code only works where you asked for it, until you sign out there.",
    resent: (email: Children): Children => ["We sent a new code to ", email, "."],
    code: "Code",
    codeHelp:
      "8 digits. If you paste them, they are sent right away. The email may take a minute. Check your spam folder, too.",
    submit: "Verify",
    busy: "Verifying...",
    sendAnother: "Send a new code",
    sendFirst: "Send me a code",
    sending: "Sending...",
    wrongEmail: "Wrong email?",
    useAnother: "Use another one",
    codeProblems: {
      missing: "Enter the code from our email",
      malformed: "Enter all 8 digits",
      wrong: "That code is wrong. Check our latest email, or get a new code",
      "attempts-exhausted": "Too many wrong codes. Get a new one",
      expired: "This code is older than 10 minutes. Get a new one, or open the link in the email",
      gone: "This code no longer works: it was used or replaced, or you signed out in this browser",
    } satisfies Record<CodeProblem, string>,
    linkLead: (email: Children): Children => ["This verifies ", email, "."],
    linkWarning: "Did you just sign up or ask to verify this email? If not, close this page.",
    linkSubmit: "Verify email",
    linkPasswordHelp:
      "The password you chose when you signed up. This isn't the browser where you signed up, so we ask to make sure it's you. Signed up with a passkey? Enter the code from the email in that browser.",
    linkPasswordProblems: {
      missing: "Enter the password you chose when you signed up",
      wrong:
        "This isn't the password of the sign-up that this email is for. If we sent you several emails, try the link in another one, or sign up again",
      "attempts-exhausted": "Too many wrong passwords for this link. Sign in or sign up again to get a new email",
    } satisfies Record<LinkPasswordProblem, string>,
    deadTitle: "This link no longer works",
    dead: "It was already used, a newer email replaced it, it is too old, or a part of it is missing. If you already verified your email, perhaps on another device, sign in. If not, sign in or sign up again to get a new one.",
    doneOrNewCode: "Already verified, or need a new code?",
    continue: "Continue",
    continueAs: (email: string) => `Continue as ${email}`,
    signin: "Sign in",
    signup: "Create an account",
  },
  de: {
    title: "E-Mail-Adresse bestätigen",
    sentHeading: "Prüfen Sie Ihr Postfach",
    sentTo: (email) => [
      "Wir haben einen Code mit 8 Ziffern an ",
      email,
      " gesendet. Geben Sie ihn hier ein oder öffnen Sie den Link in der E-Mail.",
    ],
    sent: "Geben Sie den Code aus unserer E-Mail ein oder öffnen Sie den Link in der E-Mail.",
    notSent: (email) => [
      "Wir senden einen Code und einen Link an ",
      email,
      ", um sicherzugehen, dass wir Sie dort erreichen.",
    ],
    haveEmail:
      "Haben Sie schon eine E-Mail von uns? Öffnen Sie den Link darin in diesem Browser. Der Code darin gilt nur dort, wo Sie ihn angefordert haben, und nur bis Sie sich dort abmelden.",
    resent: (email) => ["Wir haben einen neuen Code an ", email, " gesendet."],
    code: "Code",
    codeHelp:
      "8 Ziffern. Ein eingefügter Code wird sofort abgeschickt. Die E-Mail kann eine Minute brauchen. Sehen Sie auch im Spam-Ordner nach.",
    submit: "Bestätigen",
    busy: "Wird bestätigt ...",
    sendAnother: "Neuen Code senden",
    sendFirst: "Code senden",
    sending: "Wird gesendet ...",
    wrongEmail: "Falsche E-Mail-Adresse?",
    useAnother: "Eine andere verwenden",
    codeProblems: {
      missing: "Geben Sie den Code aus unserer E-Mail ein",
      malformed: "Geben Sie alle 8 Ziffern ein",
      wrong: "Dieser Code ist falsch. Sehen Sie in unserer neuesten E-Mail nach oder fordern Sie einen neuen an",
      "attempts-exhausted": "Zu viele falsche Codes. Fordern Sie einen neuen an",
      expired:
        "Dieser Code ist älter als 10 Minuten. Fordern Sie einen neuen an oder öffnen Sie den Link in der E-Mail",
      gone: "Dieser Code funktioniert nicht mehr: Er wurde verwendet oder ersetzt, oder Sie haben sich in diesem Browser abgemeldet",
    },
    linkLead: (email) => ["Damit bestätigen Sie ", email, "."],
    linkWarning:
      "Haben Sie sich gerade registriert oder die Bestätigung angefordert? Wenn nicht, schließen Sie diese Seite.",
    linkSubmit: "E-Mail-Adresse bestätigen",
    linkPasswordHelp:
      "Das Passwort, das Sie bei der Registrierung gewählt haben. Wir fragen danach, weil Sie sich in einem anderen Browser registriert haben. Mit einem Passkey registriert? Geben Sie den Code aus der E-Mail in jenem Browser ein.",
    linkPasswordProblems: {
      missing: "Geben Sie das Passwort ein, das Sie bei der Registrierung gewählt haben",
      wrong:
        "Dieses Passwort passt nicht zu der Registrierung, zu der diese E-Mail gehört. Wenn Sie mehrere E-Mails von uns haben, versuchen Sie es mit dem Link aus einer anderen, oder registrieren Sie sich noch einmal",
      "attempts-exhausted":
        "Zu viele falsche Passwörter für diesen Link. Melden Sie sich an oder registrieren Sie sich noch einmal, um eine neue E-Mail zu bekommen",
    },
    deadTitle: "Dieser Link funktioniert nicht mehr",
    dead: "Er wurde bereits verwendet oder durch eine neuere E-Mail ersetzt, er ist zu alt, oder ein Teil davon fehlt. Wenn Sie Ihre E-Mail-Adresse schon bestätigt haben, vielleicht auf einem anderen Gerät, melden Sie sich an. Wenn nicht, melden Sie sich an oder registrieren Sie sich noch einmal, um einen neuen zu bekommen.",
    doneOrNewCode: "Schon bestätigt, oder brauchen Sie einen neuen Code?",
    continue: "Weiter",
    continueAs: (email) => `Weiter als ${email}`,
    signin: "Anmelden",
    signup: "Konto erstellen",
  },
});
