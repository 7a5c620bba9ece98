import { translations } from "../../i18n/language.ts";
import type { Children } from "../../views/jsx-runtime.ts";

export const messages = translations({
  en: {
    title: "Home",
    heading: "Welcome",
    signedInAs: (email: Children): Children => ["You're signed in as ", email, "."],
    account: "Your account",
    /** Notices of other flows that redirect to this page, by the name in the notice cookie. */
    notices: {
      "email-verified": "Your email is verified.",
    },
  },
  de: {
    title: "Startseite",
    heading: "Willkommen",
    signedInAs: (email) => ["Sie sind als ", email, " angemeldet."],
    account: "Ihr Konto",
    notices: {
      "email-verified": "Ihre E-Mail-Adresse ist bestätigt.",
    },
  },
});
