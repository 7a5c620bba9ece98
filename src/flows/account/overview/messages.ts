import { translations } from "../../../i18n/language.ts";
import type { Children } from "../../../views/jsx-runtime.ts";

export const messages = translations({
  en: {
    /** Notices of other flows that redirect to this page, by the name in the notice cookie. */
    notices: {
      "email-verified": "Your email is verified.",
      "password-changed": "Your password was changed. All other devices were signed out.",
      "email-corrected": "Your email was changed. All other devices were signed out.",
      "email-changed":
        "Your email was changed. All other devices were signed out. For 7 days, the link we sent to your old email can undo this.",
    },
    seeAllDevices: (count: number) => `See all ${count} devices`,
    accountCreated: (day: Children): Children => ["Account created ", day],
  },
  de: {
    notices: {
      "email-verified": "Ihre E-Mail-Adresse ist bestätigt.",
      "password-changed": "Ihr Passwort wurde geändert. Alle anderen Geräte wurden abgemeldet.",
      "email-corrected": "Ihre E-Mail-Adresse wurde geändert. Alle anderen Geräte wurden abgemeldet.",
      "email-changed":
        "Ihre E-Mail-Adresse wurde geändert. Alle anderen Geräte wurden abgemeldet. 7 Tage lang lässt sich das mit dem Link rückgängig machen, den wir an Ihre alte E-Mail-Adresse gesendet haben.",
    },
    seeAllDevices: (count) => `Alle ${count} Geräte ansehen`,
    accountCreated: (day) => ["Konto erstellt am ", day],
  },
});
