import { translations } from "../../../i18n/language.ts";
import type { Children } from "../../../views/jsx-runtime.ts";

export const messages = translations({
  en: {
    title: "Change email",
    lead: (email: Children): Children => [
      "We'll send a link to your new email. Until you open it, ",
      email,
      " stays the email of your account. Then all other devices are signed out.",
    ],
    undoable: "For 7 days, a link we send to your old email can undo the change. That link doesn't ask for a password.",
    undoRemoves:
      "It also removes passkeys, authenticator apps and recovery codes that you add after the change. If no passkey or app from before the change is left, it turns two-step sign-in off.",
    undoableTitle: "Can still be undone",
    finalHelp: "A link that we sent to your old email can undo the change, without a password.",
    undoableUntil: (at: Children): Children => ["Until ", at],
    finalFrom: (at: Children): Children => ["You can make it final from ", at],
    makeFinal: "Make final",
    makingFinal: "Making it final...",
    finalTitle: "Make the email change final",
    finalLead: (email: Children): Children => [
      "The link that we sent to ",
      email,
      " then stops working, and that email can be used for another account.",
    ],
    notices: {
      "email-final": "The change of your email is final. We told both mailboxes.",
      "email-not-final": "Nothing was changed. This change can't be made final now.",
    },
    newEmail: "New email",
    unchanged: "This is already your email",
    submit: "Send link",
    busy: "Sending...",
    sentTitle: "Check your email",
    sent: (email: Children): Children => [
      "We sent a link to ",
      email,
      ". Open it within 60 minutes, preferably in this browser. Nothing changes until then.",
    ],
    patience: "It may take a minute. Check your spam folder, too.",
    sendAgain: "Send it again",
    wrongEmail: "Wrong email?",
    useAnother: "Use another one",
  },
  de: {
    title: "E-Mail-Adresse ändern",
    lead: (email) => [
      "Wir senden einen Link an Ihre neue E-Mail-Adresse. Bis Sie ihn öffnen, bleibt ",
      email,
      " die E-Mail-Adresse Ihres Kontos. Danach werden alle anderen Geräte abgemeldet.",
    ],
    undoable:
      "7 Tage lang lässt sich die Änderung mit einem Link rückgängig machen, den wir an Ihre alte E-Mail-Adresse senden. Dafür ist kein Passwort nötig.",
    undoRemoves:
      "Er entfernt auch Passkeys, Authenticator-Apps und Wiederherstellungscodes, die Sie nach der Änderung hinzufügen. Ist kein Passkey und keine App von vor der Änderung mehr da, schaltet er die Anmeldung in zwei Schritten aus.",
    undoableTitle: "Noch umkehrbar",
    finalHelp:
      "Ein Link, den wir an Ihre alte E-Mail-Adresse gesendet haben, macht die Änderung ohne Passwort rückgängig.",
    undoableUntil: (at) => ["Bis ", at],
    finalFrom: (at) => ["Endgültig machen können Sie sie ab ", at],
    makeFinal: "Endgültig machen",
    makingFinal: "Wird endgültig gemacht ...",
    finalTitle: "Änderung der E-Mail-Adresse endgültig machen",
    finalLead: (email) => [
      "Der Link in unserer E-Mail an ",
      email,
      " funktioniert dann nicht mehr, und diese E-Mail-Adresse kann für ein anderes Konto verwendet werden.",
    ],
    notices: {
      "email-final": "Die Änderung Ihrer E-Mail-Adresse ist endgültig. Wir haben es beiden Postfächern mitgeteilt.",
      "email-not-final": "Es wurde nichts geändert. Diese Änderung kann jetzt nicht endgültig gemacht werden.",
    },
    newEmail: "Neue E-Mail-Adresse",
    unchanged: "Das ist bereits Ihre E-Mail-Adresse",
    submit: "Link senden",
    busy: "Wird gesendet ...",
    sentTitle: "Prüfen Sie Ihr Postfach",
    sent: (email) => [
      "Wir haben einen Link an ",
      email,
      " gesendet. Öffnen Sie ihn innerhalb von 60 Minuten, am besten in diesem Browser. Bis dahin ändert sich nichts.",
    ],
    patience: "Das kann eine Minute dauern. Sehen Sie auch im Spam-Ordner nach.",
    sendAgain: "Noch einmal senden",
    wrongEmail: "Falsche E-Mail-Adresse?",
    useAnother: "Eine andere verwenden",
  },
});
