import { translations } from "../../i18n/language.ts";

export const messages = translations({
  en: {
    title: "Your page",
    heading: "You are in",
    onlyYou: "Only you can see this page.",
    signedInAs: "Signed in as",
    address: "Address",
    verified: "Verified",
    notVerified: "Not verified",
    memberSince: "Member since",
    account: "Your account",
  },
  de: {
    title: "Ihre Seite",
    heading: "Schön, dass Sie da sind",
    onlyYou: "Diese Seite sehen nur Sie.",
    signedInAs: "Angemeldet als",
    address: "Adresse",
    verified: "Bestätigt",
    notVerified: "Nicht bestätigt",
    memberSince: "Mitglied seit",
    account: "Ihr Konto",
  },
});
