import { translations } from "../../i18n/language.ts";

export const messages = translations({
  en: {
    title: "Create an account",
    submit: "Create account",
    busy: "Creating your account...",
    withPasskey: "Sign up with a passkey instead",
    haveOne: "Already have an account?",
    signin: "Sign in",
    taken: "There's already an account with this email. Sign in, or use another email",
  },
  de: {
    title: "Konto erstellen",
    submit: "Konto erstellen",
    busy: "Ihr Konto wird erstellt ...",
    withPasskey: "Mit einem Passkey statt einem Passwort registrieren",
    haveOne: "Sie haben schon ein Konto?",
    signin: "Anmelden",
    taken: "Es gibt schon ein Konto mit dieser E-Mail-Adresse. Melden Sie sich an oder verwenden Sie eine andere",
  },
});
