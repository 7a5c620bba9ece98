import { translations } from "../../../i18n/language.ts";

export const messages = translations({
  en: {
    title: "Delete account",
    warning:
      "This removes your address, your password, every session, and the activity of your account. We cannot bring it back.",
    keep: "Want to keep something?",
    download: "Download your data",
    confirmation: "Yes, delete my account for good",
    confirmationMissing: "Tick the box to confirm: nothing brings the account back",
    submit: "Delete my account",
    busy: "Deleting...",
  },
  de: {
    title: "Konto löschen",
    warning:
      "Das entfernt Ihre Adresse, Ihr Passwort, alle Sitzungen und die Aktivität Ihres Kontos. Wir können es nicht zurückholen.",
    keep: "Möchten Sie etwas behalten?",
    download: "Ihre Daten herunterladen",
    confirmation: "Ja, mein Konto endgültig löschen",
    confirmationMissing: "Setzen Sie den Haken, um zu bestätigen: Nichts bringt das Konto zurück",
    submit: "Mein Konto löschen",
    busy: "Wird gelöscht ...",
  },
});
