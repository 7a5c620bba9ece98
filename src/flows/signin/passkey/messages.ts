import { translations } from "../../../i18n/language.ts";

export const messages = translations({
  en: {
    title: "Sign in with a passkey",
    lead: "A passkey signs you in with your fingerprint, face or PIN. Your browser shows the passkeys that you saved for this site.",
    needs: "This needs JavaScript, and a browser that knows passkeys.",
    refused:
      "This passkey didn't sign you in. Try again. If it still doesn't work, it may have been removed: sign in another way.",
    submit: "Use a passkey",
    busy: "Signing in...",
    password: "Sign in with your password",
    recover: "Email me a reset link",
  },
  de: {
    title: "Mit Passkey anmelden",
    lead: "Mit einem Passkey melden Sie sich mit Fingerabdruck, Gesicht oder PIN an. Ihr Browser zeigt die Passkeys, die Sie für diese Seite gespeichert haben.",
    needs: "Dafür brauchen Sie JavaScript und einen Browser, der Passkeys kennt.",
    refused:
      "Mit diesem Passkey war keine Anmeldung möglich. Versuchen Sie es noch einmal. Funktioniert er dann immer noch nicht, wurde er vielleicht entfernt: Melden Sie sich auf anderem Weg an.",
    submit: "Passkey verwenden",
    busy: "Wird angemeldet ...",
    password: "Mit Passwort anmelden",
    recover: "Link zum Zurücksetzen anfordern",
  },
});
