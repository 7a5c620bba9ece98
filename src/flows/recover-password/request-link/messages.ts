import { translations } from "../../../i18n/language.ts";
import type { Children } from "../../../views/jsx-runtime.ts";

export const messages = translations({
  en: {
    title: "Reset password",
    heading: "Forgot your password?",
    lead: "Enter your email and we'll send you a link to choose a new password.",
    submit: "Send link",
    busy: "Sending...",
    remembered: "Remember it?",
    signin: "Sign in",
    sentTitle: "Check your email",
    thisEmail: "this email",
    sent: (email: Children): Children => [
      "If there's an account with ",
      email,
      ", we sent a link to choose a new password. It works for 60 minutes.",
    ],
    patience: "It may take a minute. Check your spam folder, too. Nothing there? Your account may have another email.",
    noMail: "No email?",
    askAgain: "Send it again",
  },
  de: {
    title: "Passwort vergessen",
    heading: "Passwort vergessen?",
    lead: "Geben Sie Ihre E-Mail-Adresse ein. Wir senden Ihnen einen Link, mit dem Sie ein neues Passwort wählen.",
    submit: "Link senden",
    busy: "Wird gesendet ...",
    remembered: "Ist es Ihnen wieder eingefallen?",
    signin: "Anmelden",
    sentTitle: "Prüfen Sie Ihr Postfach",
    thisEmail: "dieser E-Mail-Adresse",
    sent: (email) => [
      "Wenn es ein Konto mit ",
      email,
      " gibt, haben wir einen Link für ein neues Passwort gesendet. Er gilt 60 Minuten.",
    ],
    patience:
      "Das kann eine Minute dauern. Sehen Sie auch im Spam-Ordner nach. Nichts angekommen? Vielleicht hat Ihr Konto eine andere E-Mail-Adresse.",
    noMail: "Keine E-Mail erhalten?",
    askAgain: "Noch einmal senden",
  },
});
