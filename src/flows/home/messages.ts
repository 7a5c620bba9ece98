import { translations } from "../../i18n/language.ts";

export const messages = translations({
  en: {
    title: "Home",
    heading: "Welcome",
    signedInAs: "Signed in as",
    email: "Email",
    verified: "Verified",
    notVerified: "Not verified",
    memberSince: "Account created",
    account: "Your account",
  },
  de: {
    title: "Startseite",
    heading: "Willkommen",
    signedInAs: "Angemeldet als",
    email: "E-Mail-Adresse",
    verified: "Bestätigt",
    notVerified: "Nicht bestätigt",
    memberSince: "Konto seit",
    account: "Ihr Konto",
  },
});
