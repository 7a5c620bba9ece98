import { translations } from "../../../i18n/language.ts";
import type { Children } from "../../../views/jsx-runtime.ts";

export const messages = translations({
  en: {
    lead: (changePassword: Children): Children => [
      "If you don't recognize a device, sign it out and ",
      changePassword,
      ".",
    ],
    changePassword: "change your password",
    notices: {
      ended: "The device was signed out.",
      "others-ended": "All other devices were signed out.",
      gone: "This device was already signed out. Nothing was changed.",
    },
    noOthers: "You're not signed in anywhere else.",
    signOutAll: "Sign out all other devices",
    older: "Older",
    newest: "Newest",
    endOne: "Sign out the other device",
    endOthers: "Sign out all other devices",
    endOthersLead: "You'll stay signed in here. All other devices have to sign in again.",
    device: "Device",
    country: "Country",
    unknown: "Unknown",
    signedIn: "Signed in",
  },
  de: {
    lead: (changePassword) => ["Wenn Sie ein Gerät nicht kennen, melden Sie es ab und ", changePassword, "."],
    changePassword: "ändern Sie Ihr Passwort",
    notices: {
      ended: "Das Gerät wurde abgemeldet.",
      "others-ended": "Alle anderen Geräte wurden abgemeldet.",
      gone: "Dieses Gerät war bereits abgemeldet. Es wurde nichts geändert.",
    },
    noOthers: "Sie sind auf keinem anderen Gerät angemeldet.",
    signOutAll: "Alle anderen Geräte abmelden",
    older: "Ältere anzeigen",
    newest: "Neueste anzeigen",
    endOne: "Das andere Gerät abmelden",
    endOthers: "Alle anderen Geräte abmelden",
    endOthersLead: "Auf diesem Gerät bleiben Sie angemeldet. Auf allen anderen müssen Sie sich neu anmelden.",
    device: "Gerät",
    country: "Land",
    unknown: "Unbekannt",
    signedIn: "Angemeldet",
  },
});
