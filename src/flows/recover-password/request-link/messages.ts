import { translations } from "../../../i18n/language.ts";

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
    sent: "If there's an account with this email, we sent a link to choose a new password. It works for 60 minutes.",
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
    remembered: "Wieder eingefallen?",
    signin: "Anmelden",
    sentTitle: "Sehen Sie in Ihr Postfach",
    sent: "Wenn es ein Konto mit dieser E-Mail-Adresse gibt, haben wir einen Link für ein neues Passwort gesendet. Er gilt 60 Minuten.",
    patience:
      "Das kann eine Minute dauern. Sehen Sie auch im Spam-Ordner nach. Nichts da? Vielleicht hat Ihr Konto eine andere E-Mail-Adresse.",
    noMail: "Keine E-Mail erhalten?",
    askAgain: "Noch einmal senden",
  },
});
