import { translations } from "../../../i18n/language.ts";

export const messages = translations({
  en: {
    title: "Confirm it's you",
    lead: "For your safety, we ask again before this step.",
    submit: "Continue",
    busy: "Checking...",
    noFactor:
      "Your account has no password or passkey to confirm with. Choose a password with a link that we email to you.",
    sendLink: "Email me a link",
    sending: "Sending...",
  },
  de: {
    title: "Bestätigen Sie, dass Sie es sind",
    lead: "Zu Ihrer Sicherheit fragen wir vor diesem Schritt noch einmal.",
    submit: "Weiter",
    busy: "Wird geprüft ...",
    noFactor:
      "Ihr Konto hat kein Passwort und keinen Passkey, mit dem Sie sich ausweisen können. Wählen Sie ein Passwort über einen Link, den wir Ihnen per E-Mail senden.",
    sendLink: "Link per E-Mail anfordern",
    sending: "Wird gesendet ...",
  },
});
