import { translations } from "../../../i18n/language.ts";

export const messages = translations({
  en: {
    title: "Choose a new password",
    lead: "With it you are signed out everywhere; then sign in with the new one.",
    submit: "Change password",
    busy: "Changing...",
    deadTitle: "This link no longer works",
    dead: "It was used already, newer ones have replaced it, or it is older than 60 minutes. If you have just changed your password, sign in with it.",
    noLinkTitle: "Open the link in your email",
    noLink:
      "This browser doesn't hold a link to choose a new password. Open the link in your email in this browser, or get a new one. If you have just changed your password, sign in with it.",
    askAgain: "Ask for a new link",
    signin: "Sign in",
  },
  de: {
    title: "Neues Passwort wählen",
    lead: "Damit werden Sie überall abgemeldet; dann melden Sie sich mit dem neuen an.",
    submit: "Passwort ändern",
    busy: "Wird geändert ...",
    deadTitle: "Dieser Link gilt nicht mehr",
    dead: "Er wurde schon benutzt, neuere haben ihn ersetzt, oder er ist älter als 60 Minuten. Wenn Sie Ihr Passwort gerade geändert haben, melden Sie sich damit an.",
    noLinkTitle: "Öffnen Sie den Link in Ihrer E-Mail",
    noLink:
      "In diesem Browser ist kein Link für ein neues Passwort geöffnet. Öffnen Sie den Link aus Ihrer E-Mail in diesem Browser, oder fordern Sie einen neuen an. Wenn Sie Ihr Passwort gerade geändert haben, melden Sie sich damit an.",
    askAgain: "Neuen Link anfordern",
    signin: "Anmelden",
  },
});
