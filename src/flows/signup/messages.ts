import { translations } from "../../i18n/language.ts";

export const messages = translations({
  en: {
    title: "Create an account",
    submit: "Create account",
    busy: "Creating your account...",
    haveOne: "Already have an account?",
    signin: "Sign in",
    taken: "There is an account with this address already. Sign in, or use another address",
  },
  de: {
    title: "Konto anlegen",
    submit: "Konto anlegen",
    busy: "Ihr Konto wird angelegt ...",
    haveOne: "Sie haben schon ein Konto?",
    signin: "Anmelden",
    taken: "Mit dieser Adresse gibt es schon ein Konto. Melden Sie sich an, oder nehmen Sie eine andere",
  },
});
