import { translations } from "../../../i18n/language.ts";
import type { Children } from "../../../views/jsx-runtime.ts";

export const messages = translations({
  en: {
    title: "Change address",
    lead: (email: Children): Children => [
      "We send a link to the new address. Until it is opened there, ",
      email,
      " stays yours. Then you are signed out on every other device. For 7 days, the link we send to your old email can undo the change. It asks for no password.",
    ],
    newEmail: "New e-mail address",
    unchanged: "This is your address already",
    submit: "Send the link",
    busy: "Sending...",
    sentTitle: "Check your mail",
    sent: "A mail is on its way to the new address. Open the link in it within 60 minutes, best in this browser. Nothing changes before.",
    patience: "It may take a minute; check your spam folder, too.",
    noMail: "No mail?",
    askAgain: "Ask again",
  },
  de: {
    title: "Adresse ändern",
    lead: (email) => [
      "Wir senden einen Link an die neue Adresse. Bis er dort geöffnet wird, bleibt ",
      email,
      " Ihre Adresse. Dann werden Sie auf allen anderen Geräten abgemeldet. 7 Tage lang kann der Link, den wir an Ihre alte E-Mail-Adresse senden, die Änderung rückgängig machen. Er fragt nach keinem Passwort.",
    ],
    newEmail: "Neue E-Mail-Adresse",
    unchanged: "Das ist schon Ihre Adresse",
    submit: "Link senden",
    busy: "Wird gesendet ...",
    sentTitle: "Prüfen Sie Ihr Postfach",
    sent: "Eine Mail an die neue Adresse ist unterwegs. Öffnen Sie den Link darin innerhalb von 60 Minuten, am besten in diesem Browser. Vorher ändert sich nichts.",
    patience: "Es kann eine Minute dauern; sehen Sie auch im Spam-Ordner nach.",
    noMail: "Keine Mail?",
    askAgain: "Noch einmal anfordern",
  },
});
