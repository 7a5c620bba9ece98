import { translations } from "../../../i18n/language.ts";
import type { Children } from "../../../views/jsx-runtime.ts";

export const messages = translations({
  en: {
    title: "Undo the email change",
    lead: (email: Children): Children => [
      "Your email will become ",
      email,
      " again. All devices will be signed out, your current password stops working, and you choose a new one.",
    ],
    factors:
      "Passkeys, authenticator apps and recovery codes that were added after the change are removed. If no passkey or app from before the change is left, two-step sign-in is turned off.",
    otherwise: "If you changed your email yourself, close this page.",
    submit: "Undo the change",
    busy: "Undoing...",
    deadTitle: "This link no longer works",
    dead: "It was already used, it is older than 7 days, the change was undone in another way or made final, or the account was deleted. If you just undid the change, get a link to choose a new password.",
    newPassword: "Choose a new password",
  },
  de: {
    title: "Änderung der E-Mail-Adresse rückgängig machen",
    lead: (email) => [
      "Ihr Konto bekommt wieder die E-Mail-Adresse ",
      email,
      ". Alle Geräte werden abgemeldet, Ihr aktuelles Passwort gilt nicht mehr, und Sie wählen ein neues.",
    ],
    factors:
      "Passkeys, Authenticator-Apps und Wiederherstellungscodes, die nach der Änderung hinzugefügt wurden, werden entfernt. Ist kein Passkey und keine App von vor der Änderung mehr da, wird die Anmeldung in zwei Schritten ausgeschaltet.",
    otherwise: "Wenn Sie Ihre E-Mail-Adresse selbst geändert haben, schließen Sie diese Seite.",
    submit: "Änderung rückgängig machen",
    busy: "Wird rückgängig gemacht ...",
    deadTitle: "Dieser Link funktioniert nicht mehr",
    dead: "Er wurde bereits verwendet oder ist älter als 7 Tage, die Änderung wurde schon auf anderem Weg rückgängig oder endgültig gemacht, oder das Konto wurde gelöscht. Wenn Sie die Änderung gerade rückgängig gemacht haben, fordern Sie einen Link für ein neues Passwort an.",
    newPassword: "Neues Passwort wählen",
  },
});
