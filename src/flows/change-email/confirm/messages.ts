import { translations } from "../../../i18n/language.ts";
import type { Children } from "../../../views/jsx-runtime.ts";

export const messages = translations({
  en: {
    title: "Confirm your new address",
    lead: (email: Children): Children => [
      "Your account will have the address ",
      email,
      ", and every other device is signed out.",
    ],
    leadOwn: (account: Children, email: Children): Children => [
      "The email of your account will change from ",
      account,
      " to ",
      email,
      ". All other devices will be signed out.",
    ],
    warning: "If somebody else asked you to do this, do not: close this page.",
    submit: "Confirm",
    busy: "Confirming...",
    newEmail: "New address",
    password: "Your password",
    passwordHelp:
      "Of the account that gets this address. It shows that the account is yours, because you are not signed in here.",
    takenTitle: "This address is not free",
    taken: (email: Children): Children => [
      email,
      " has an account already, or had one until a few days ago. Nothing was changed: your account keeps the address it has.",
    ],
    chooseAnother: "Choose another address",
    deadTitle: "This link no longer works",
    dead: "It was used already, newer ones have replaced it, or it is older than 60 minutes. Look at your account.",
    account: "Your account",
  },
  de: {
    title: "Bestätigen Sie Ihre neue Adresse",
    lead: (email) => ["Ihr Konto bekommt die Adresse ", email, ", und alle anderen Geräte werden abgemeldet."],
    leadOwn: (account, email) => [
      "Die E-Mail-Adresse Ihres Kontos ändert sich von ",
      account,
      " zu ",
      email,
      ". Alle anderen Geräte werden abgemeldet.",
    ],
    warning: "Wenn jemand anderes Sie darum gebeten hat, tun Sie es nicht: Schließen Sie diese Seite.",
    submit: "Bestätigen",
    busy: "Wird bestätigt ...",
    newEmail: "Neue Adresse",
    password: "Ihr Passwort",
    passwordHelp:
      "Das Passwort des Kontos, das diese Adresse bekommt. Es zeigt, dass es Ihr Konto ist, denn Sie sind hier nicht angemeldet.",
    takenTitle: "Diese Adresse ist nicht frei",
    taken: (email) => [
      email,
      " gehört schon zu einem Konto oder gehörte bis vor wenigen Tagen zu einem. Nichts wurde geändert: Ihr Konto behält seine Adresse.",
    ],
    chooseAnother: "Andere Adresse wählen",
    deadTitle: "Dieser Link gilt nicht mehr",
    dead: "Er wurde schon benutzt, neuere haben ihn ersetzt, oder er ist älter als 60 Minuten. Sehen Sie in Ihrem Konto nach.",
    account: "Ihr Konto",
  },
});
