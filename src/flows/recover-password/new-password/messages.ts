import { translations } from "../../../i18n/language.ts";

export const messages = translations({
  en: {
    title: "Choose a new password",
    /** The notice of the flow that undoes a change of the email. */
    emailChangeUndone: "The email change was undone. Your former password no longer works.",
    lead: "This signs you out everywhere. Then sign in with your new password.",
    removePasskeys: (passkeys: number) =>
      passkeys === 1 ? "Also remove the passkey of my account" : `Also remove the ${passkeys} passkeys of my account`,
    submit: "Change password",
    busy: "Changing...",
    deadTitle: "This link no longer works",
    dead: "It was already used, a newer link replaced it, or it is older than 60 minutes. If you just changed your password, sign in with it.",
    noLinkTitle: "Open the link in your email",
    noLink:
      "This browser doesn't hold a link to choose a new password. Open the link in your email in this browser, or get a new one. If you just changed your password, sign in with it.",
    askAgain: "Get a new link",
    signin: "Sign in",
  },
  de: {
    title: "Neues Passwort wählen",
    emailChangeUndone:
      "Die Änderung der E-Mail-Adresse wurde rückgängig gemacht. Ihr bisheriges Passwort gilt nicht mehr.",
    lead: "Damit werden Sie überall abgemeldet. Danach melden Sie sich mit dem neuen Passwort an.",
    removePasskeys: (passkeys) =>
      passkeys === 1
        ? "Auch den Passkey meines Kontos entfernen"
        : `Auch die ${passkeys} Passkeys meines Kontos entfernen`,
    submit: "Passwort ändern",
    busy: "Wird geändert ...",
    deadTitle: "Dieser Link funktioniert nicht mehr",
    dead: "Er wurde bereits verwendet, durch einen neueren ersetzt, oder er ist älter als 60 Minuten. Wenn Sie Ihr Passwort gerade geändert haben, melden Sie sich damit an.",
    noLinkTitle: "Öffnen Sie den Link in Ihrer E-Mail",
    noLink:
      "In diesem Browser ist kein Link für ein neues Passwort geöffnet. Öffnen Sie den Link aus Ihrer E-Mail in diesem Browser, oder fordern Sie einen neuen an. Wenn Sie Ihr Passwort gerade geändert haben, melden Sie sich damit an.",
    askAgain: "Neuen Link anfordern",
    signin: "Anmelden",
  },
});
