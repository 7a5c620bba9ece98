import { brand } from "../../brand.ts";
import { translations } from "../../i18n/language.ts";

export const messages = translations({
  en: {
    title: "Welcome",
    heading: `Sign in to ${brand.name}`,
    invitation: "Sign in, or create your account.",
    signup: "Create an account",
    signin: "Sign in",
    deletedTitle: "Your account was deleted",
    deleted:
      "Your account and everything in it was deleted. We told you by email, too. You can sign up again with the same email at any time.",
  },
  de: {
    title: "Willkommen",
    heading: `Bei ${brand.name} anmelden`,
    invitation: "Melden Sie sich an oder erstellen Sie ein Konto.",
    signup: "Konto erstellen",
    signin: "Anmelden",
    deletedTitle: "Ihr Konto wurde gelöscht",
    deleted:
      "Ihr Konto und alle Daten darin wurden gelöscht. Zur Bestätigung haben wir Ihnen eine E-Mail gesendet. Sie können sich mit derselben E-Mail-Adresse jederzeit wieder registrieren.",
  },
});
