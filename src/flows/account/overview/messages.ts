import { translations } from "../../../i18n/language.ts";

export const messages = translations({
  en: {
    title: "Your account",
    /** What other flows that end here have to say, by the query value `notice`. */
    notices: {
      "password-changed": "Your password is changed. Every other device was signed out.",
      "email-changed":
        "Your address is changed. Every other device was signed out. For 7 days, the link we sent to your old email can undo this.",
    },
    address: "Address",
    verified: "Verified",
    yes: "Yes",
    notYet: "Not yet",
    memberSince: "Member since",
    actions: {
      password: { label: "Change password", about: "Signs out every other device." },
      email: { label: "Change address", about: "The new one has to confirm." },
      sessions: { label: "Devices", about: "Where you are signed in, and how to end it." },
      activity: { label: "Activity", about: "What happened with your account in the last year." },
      export: { label: "Download your data", about: "All that we hold about you, in one file." },
      delete: { label: "Delete account", about: "Removes it and all that belongs to it." },
    },
    back: "Back to your page",
  },
  de: {
    title: "Ihr Konto",
    notices: {
      "password-changed": "Ihr Passwort ist geändert. Alle anderen Geräte wurden abgemeldet.",
      "email-changed":
        "Ihre Adresse ist geändert. Alle anderen Geräte wurden abgemeldet. 7 Tage lang kann der Link, den wir an Ihre alte E-Mail-Adresse gesendet haben, das rückgängig machen.",
    },
    address: "Adresse",
    verified: "Bestätigt",
    yes: "Ja",
    notYet: "Noch nicht",
    memberSince: "Mitglied seit",
    actions: {
      password: { label: "Passwort ändern", about: "Meldet alle anderen Geräte ab." },
      email: { label: "Adresse ändern", about: "Die neue muss bestätigt werden." },
      sessions: { label: "Geräte", about: "Wo Sie angemeldet sind und wie Sie das beenden." },
      activity: { label: "Aktivität", about: "Was im letzten Jahr mit Ihrem Konto geschah." },
      export: { label: "Ihre Daten herunterladen", about: "Alles, was wir über Sie haben, in einer Datei." },
      delete: { label: "Konto löschen", about: "Entfernt es und alles, was dazu gehört." },
    },
    back: "Zurück zu Ihrer Seite",
  },
});
