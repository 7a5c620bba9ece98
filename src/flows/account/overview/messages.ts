import { translations } from "../../../i18n/language.ts";

export const messages = translations({
  en: {
    title: "Account",
    /** Notices of other flows that redirect to this page, by the name in the notice cookie. */
    notices: {
      "password-changed": "Your password was changed. All other devices were signed out.",
      "email-changed":
        "Your email was changed. All other devices were signed out. For 7 days, the link we sent to your old email can undo this.",
    },
    email: "Email",
    verified: "Verified",
    yes: "Yes",
    notYet: "Not yet",
    memberSince: "Account created",
    actions: {
      password: { label: "Change password", about: "Signs out all other devices." },
      email: { label: "Change email", about: "You confirm it by a link we send to the new email." },
      sessions: { label: "Devices", about: "See and sign out your devices." },
      activity: { label: "Activity", about: "What happened in your account in the last year." },
      export: { label: "Download your data", about: "Everything stored about you, as a JSON file." },
      delete: { label: "Delete account", about: "Permanent. Can't be undone." },
    },
    back: "Back to home",
  },
  de: {
    title: "Konto",
    notices: {
      "password-changed": "Ihr Passwort wurde geändert. Alle anderen Geräte wurden abgemeldet.",
      "email-changed":
        "Ihre E-Mail-Adresse wurde geändert. Alle anderen Geräte wurden abgemeldet. 7 Tage lang lässt sich das mit dem Link rückgängig machen, den wir an Ihre alte E-Mail-Adresse gesendet haben.",
    },
    email: "E-Mail-Adresse",
    verified: "Bestätigt",
    yes: "Ja",
    notYet: "Noch nicht",
    memberSince: "Konto seit",
    actions: {
      password: { label: "Passwort ändern", about: "Meldet alle anderen Geräte ab." },
      email: {
        label: "E-Mail-Adresse ändern",
        about: "Sie bestätigen sie über einen Link, den wir an die neue E-Mail-Adresse senden.",
      },
      sessions: { label: "Geräte", about: "Geräte ansehen und abmelden." },
      activity: { label: "Aktivität", about: "Was im letzten Jahr in Ihrem Konto passiert ist." },
      export: { label: "Ihre Daten herunterladen", about: "Alles, was über Sie gespeichert ist, als JSON-Datei." },
      delete: { label: "Konto löschen", about: "Endgültig. Lässt sich nicht rückgängig machen." },
    },
    back: "Zurück zur Startseite",
  },
});
