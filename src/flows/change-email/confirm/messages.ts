import { translations } from "../../../i18n/language.ts";
import type { Children } from "../../../views/jsx-runtime.ts";

export const messages = translations({
  en: {
    title: "Confirm your new email",
    lead: (email: Children): Children => [
      "Your email will become ",
      email,
      ". All devices will be signed out. Then sign in with the new email.",
    ],
    leadOwn: (account: Children, email: Children): Children => [
      "Your email will change from ",
      account,
      " to ",
      email,
      ". All other devices will be signed out.",
    ],
    warning: "Didn't ask for this? Close this page.",
    submit: "Confirm",
    busy: "Confirming...",
    newEmail: "New email",
    password: "Your password",
    passwordHelp:
      "The password of the account that will use this email. You're not signed in here, so we ask to make sure it's you.",
    takenTitle: "This email is already in use",
    taken: (email: Children): Children => [
      email,
      " belongs to another account, or did until a few days ago. Nothing was changed.",
    ],
    chooseAnother: "Choose another email",
    deadTitle: "This link no longer works",
    dead: "It was already used, a newer link replaced it, the change was canceled, or the link is older than 60 minutes. Your account shows which email it has.",
    account: "Go to your account",
  },
  de: {
    title: "Neue E-Mail-Adresse bestätigen",
    lead: (email) => [
      "Ihre E-Mail-Adresse ist dann ",
      email,
      ". Alle Geräte werden abgemeldet. Danach melden Sie sich mit der neuen E-Mail-Adresse an.",
    ],
    leadOwn: (account, email) => [
      "Ihre E-Mail-Adresse ändert sich von ",
      account,
      " zu ",
      email,
      ". Alle anderen Geräte werden abgemeldet.",
    ],
    warning: "Sie haben das nicht angefordert? Dann schließen Sie diese Seite.",
    submit: "Bestätigen",
    busy: "Wird bestätigt ...",
    newEmail: "Neue E-Mail-Adresse",
    password: "Ihr Passwort",
    passwordHelp:
      "Das Passwort des Kontos, das diese E-Mail-Adresse bekommt. Wir fragen danach, weil Sie hier nicht angemeldet sind.",
    takenTitle: "Diese E-Mail-Adresse wird schon verwendet",
    taken: (email) => [
      email,
      " gehört zu einem anderen Konto oder gehörte bis vor wenigen Tagen zu einem. Es wurde nichts geändert.",
    ],
    chooseAnother: "Andere E-Mail-Adresse wählen",
    deadTitle: "Dieser Link funktioniert nicht mehr",
    dead: "Er wurde bereits verwendet oder durch einen neueren ersetzt, er ist älter als 60 Minuten, oder die Änderung wurde abgebrochen. Ihre aktuelle E-Mail-Adresse sehen Sie in Ihrem Konto.",
    account: "Zu Ihrem Konto",
  },
});
