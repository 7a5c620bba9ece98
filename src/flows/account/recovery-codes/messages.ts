import { translations } from "../../../i18n/language.ts";

export const messages = translations({
  en: {
    title: "Recovery codes",
    lead: "If you can't use your app or passkey, one of these codes signs you in after your password. Each works once.",
    keep: "Save them where you find them without your phone: in a password manager, or on paper. We can't show them again.",
    /** While the second step is off. */
    first: "This is the first of two steps to turn on two-step sign-in.",
    replaces: "Codes that you saved before stop working.",
    saved: "I saved these codes",
    savedMissing: "Save the codes, then tick this box",
    submit: "Continue",
    busy: "Saving...",
    expired: "The codes on your last page were not saved, because newer ones were shown. Here are new ones.",
  },
  de: {
    title: "Wiederherstellungscodes",
    lead: "Wenn Sie App oder Passkey nicht verwenden können, melden Sie sich nach Ihrem Passwort mit einem dieser Codes an. Jeder gilt einmal.",
    keep: "Bewahren Sie sie dort auf, wo Sie sie ohne Ihr Telefon finden: im Passwort-Manager oder auf Papier. Wir können sie nicht noch einmal zeigen.",
    first: "Das ist der erste von zwei Schritten, um die Anmeldung in zwei Schritten einzuschalten.",
    replaces: "Codes, die Sie früher gespeichert haben, funktionieren dann nicht mehr.",
    saved: "Ich habe diese Codes gespeichert",
    savedMissing: "Speichern Sie die Codes und setzen Sie dann den Haken",
    submit: "Weiter",
    busy: "Wird gespeichert ...",
    expired:
      "Die Codes auf der vorigen Seite wurden nicht gespeichert, weil inzwischen neuere angezeigt wurden. Hier sind neue.",
  },
});
