import { translations } from "../../../i18n/language.ts";
import type { Children } from "../../../views/jsx-runtime.ts";

export const messages = translations({
  en: {
    title: "Take your account back",
    lead: (email: Children): Children => [
      "Your account had the address ",
      email,
      ", and gets it back. Every device is signed out, the password opens nothing any more, and you choose a new one.",
    ],
    otherwise: "If you have changed the address yourself, close this page.",
    submit: "Undo the change",
    busy: "Undoing...",
    deadTitle: "This link no longer works",
    dead: "It was used already, it is older than 7 days, the change was undone otherwise, or the account was deleted. If you have just taken your account back, ask for a link to choose a new password.",
    newPassword: "Choose a new password",
  },
  de: {
    title: "Holen Sie Ihr Konto zurück",
    lead: (email) => [
      "Ihr Konto hatte die Adresse ",
      email,
      " und bekommt sie zurück. Alle Geräte werden abgemeldet, das Passwort öffnet nichts mehr, und Sie wählen ein neues.",
    ],
    otherwise: "Wenn Sie die Adresse selbst geändert haben, schließen Sie diese Seite.",
    submit: "Änderung rückgängig machen",
    busy: "Wird rückgängig gemacht ...",
    deadTitle: "Dieser Link gilt nicht mehr",
    dead: "Er wurde schon benutzt, er ist älter als 7 Tage, die Änderung wurde anders rückgängig gemacht, oder das Konto wurde gelöscht. Wenn Sie Ihr Konto gerade zurückgeholt haben, fordern Sie einen Link für ein neues Passwort an.",
    newPassword: "Neues Passwort wählen",
  },
});
