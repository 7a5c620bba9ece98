import { translations } from "../../../i18n/language.ts";
import type { Children } from "../../../views/jsx-runtime.ts";

export const messages = translations({
  en: {
    title: "Confirm it's you",
    lead: (email: Children): Children => ["Your password is right. One more step to sign in as ", email, "."],
    submit: "Sign in",
    busy: "Signing in...",
    remember: (days: number) => `Don't ask again on this device for ${days} days`,
    recoveryTitle: "Use a recovery code",
    recoveryLead: "Enter one of the recovery codes that you saved when you turned on two-step sign-in.",
    back: "Try another way",
    other: "Not your account?",
    startOver: "Sign in again",
  },
  de: {
    title: "Bestätigen Sie, dass Sie es sind",
    lead: (email) => ["Ihr Passwort stimmt. Noch ein Schritt bis zur Anmeldung als ", email, "."],
    submit: "Anmelden",
    busy: "Wird angemeldet ...",
    remember: (days) => `Auf diesem Gerät ${days} Tage lang nicht mehr fragen`,
    recoveryTitle: "Wiederherstellungscode verwenden",
    recoveryLead:
      "Geben Sie einen der Wiederherstellungscodes ein, die Sie beim Einschalten der Anmeldung in zwei Schritten gespeichert haben.",
    back: "Anderer Weg",
    other: "Nicht Ihr Konto?",
    startOver: "Neu anmelden",
  },
});
