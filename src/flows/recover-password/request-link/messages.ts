import { translations } from "../../../i18n/language.ts";

export const messages = translations({
  en: {
    title: "Forgotten password",
    heading: "Forgotten your password?",
    lead: "Tell us your address. We mail you a link with which you choose a new password.",
    submit: "Send the link",
    busy: "Sending...",
    remembered: "Remembered it?",
    signin: "Sign in",
    sentTitle: "Check your mail",
    sent: "If there is an account with that address, a link to choose a new password is on its way. It works for 60 minutes.",
    patience: "It may take a minute; check your spam folder, too. Nothing there? The account may have another address.",
    noMail: "No mail?",
    askAgain: "Ask again",
  },
  de: {
    title: "Passwort vergessen",
    heading: "Passwort vergessen?",
    lead: "Nennen Sie uns Ihre Adresse. Wir senden Ihnen einen Link, mit dem Sie ein neues Passwort wählen.",
    submit: "Link senden",
    busy: "Wird gesendet ...",
    remembered: "Wieder eingefallen?",
    signin: "Anmelden",
    sentTitle: "Prüfen Sie Ihr Postfach",
    sent: "Wenn es mit dieser Adresse ein Konto gibt, ist ein Link für ein neues Passwort unterwegs. Er gilt 60 Minuten.",
    patience:
      "Es kann eine Minute dauern; sehen Sie auch im Spam-Ordner nach. Nichts da? Vielleicht hat das Konto eine andere Adresse.",
    noMail: "Keine Mail?",
    askAgain: "Noch einmal anfordern",
  },
});
