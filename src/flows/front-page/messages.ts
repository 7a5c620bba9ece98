import { translations } from "../../i18n/language.ts";
import type { Children } from "../../views/jsx-runtime.ts";

export const messages = translations({
  en: {
    title: "Welcome",
    guestHeading: "Your account starts here",
    invitation: "One account, kept safe with a password only you know. Create yours, or sign in.",
    signup: "Create an account",
    signin: "Sign in",
    memberHeading: "You are signed in",
    signedInAs: (email: Children): Children => ["As ", email],
    finishChange: "Go on",
    deletedTitle: "Your account is deleted",
    deleted:
      "Your account is deleted: address, password, sessions and activity are gone. A last mail confirms it. You can use the address again whenever you like.",
  },
  de: {
    title: "Willkommen",
    guestHeading: "Ihr Konto beginnt hier",
    invitation:
      "Ein Konto, gesichert mit einem Passwort, das nur Sie kennen. Legen Sie es an, oder melden Sie sich an.",
    signup: "Konto anlegen",
    signin: "Anmelden",
    memberHeading: "Sie sind angemeldet",
    signedInAs: (email) => ["Als ", email],
    finishChange: "Weiter",
    deletedTitle: "Ihr Konto ist gelöscht",
    deleted:
      "Ihr Konto ist gelöscht: Adresse, Passwort, Sitzungen und Aktivität sind weg. Eine letzte Mail bestätigt es. Die Adresse können Sie jederzeit wieder verwenden.",
  },
});
