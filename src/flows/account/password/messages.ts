import { translations } from "../../../i18n/language.ts";

export const messages = translations({
  en: {
    title: "Change password",
    lead: "Every other device is signed out by it. This one stays.",
    submit: "Change password",
    busy: "Changing...",
    forgotten: "Forgotten it?",
    sendLink: "Have a link sent",
  },
  de: {
    title: "Passwort ändern",
    lead: "Damit werden alle anderen Geräte abgemeldet. Dieses bleibt angemeldet.",
    submit: "Passwort ändern",
    busy: "Wird geändert ...",
    forgotten: "Vergessen?",
    sendLink: "Einen Link senden lassen",
  },
});
