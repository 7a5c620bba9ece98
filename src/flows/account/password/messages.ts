import { translations } from "../../../i18n/language.ts";

export const messages = translations({
  en: {
    title: "Change password",
    chooseTitle: "Choose a password",
    lead: "You'll stay signed in here. All other devices are signed out.",
    submit: "Change password",
    busy: "Changing...",
    forgotten: "Forgot it?",
    sendLink: "Email me a reset link",
  },
  de: {
    title: "Passwort ändern",
    chooseTitle: "Passwort wählen",
    lead: "Auf diesem Gerät bleiben Sie angemeldet. Alle anderen Geräte werden abgemeldet.",
    submit: "Passwort ändern",
    busy: "Wird geändert ...",
    forgotten: "Passwort vergessen?",
    sendLink: "Link per E-Mail anfordern",
  },
});
