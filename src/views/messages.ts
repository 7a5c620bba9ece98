import { translations } from "../i18n/language.ts";

/** What pages say wherever they come from. */
export const messages = translations({
  en: {
    error: "Error",
    problem: "There is a problem",
    show: "Show",
    hide: "Hide",
    signOut: "Sign out",
    signingOut: "Signing out...",
    promise: "Only the cookies it needs. No tracking.",
    help: "Help",
    about: "About this site",
    reference: "Reference",
    unknownDevice: "An unknown device",
    somethingOn: (platform: string) => `Something on ${platform}`,
    browserOn: (browser: string, platform: string) => `${browser} on ${platform}`,
  },
  de: {
    error: "Fehler",
    problem: "Da stimmt etwas nicht",
    show: "Anzeigen",
    hide: "Verbergen",
    signOut: "Abmelden",
    signingOut: "Wird abgemeldet ...",
    promise: "Nur notwendige Cookies. Kein Tracking.",
    help: "Hilfe",
    about: "Über diese Website",
    reference: "Referenz",
    unknownDevice: "Ein unbekanntes Gerät",
    somethingOn: (platform) => `Etwas auf ${platform}`,
    browserOn: (browser, platform) => `${browser} auf ${platform}`,
  },
});
