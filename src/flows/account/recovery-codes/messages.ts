import { translations } from "../../../i18n/language.ts";

export const messages = translations({
  en: {
    title: "Recovery codes",
    lead: "If you can't use your app or passkey, one of these codes completes the sign-in after your password. Each works once.",
    keep: "Save them where you find them without your phone: in a password manager, or on paper. We can't show them again.",
    /** While the second step is off. */
    first: "Save these codes before you turn on two-step sign-in.",
    replaces: "Codes that you saved before stop working.",
    saved: "I saved these codes",
    savedMissing: "Save the codes, then tick this box",
    submit: "Continue",
    busy: "Saving...",
    expired:
      "This form was sent before, or is too old. Codes that you saved with it still work. Here are new ones in case you need them.",
    late: "More than 10 minutes have passed, so nothing was saved or turned on. Begin again with these codes.",
  },
  de: {
    title: "Wiederherstellungscodes",
    lead: "Wenn Sie App oder Passkey nicht verwenden können, melden Sie sich nach Ihrem Passwort mit einem dieser Codes an. Jeder gilt einmal.",
    keep: "Bewahren Sie sie dort auf, wo Sie sie ohne Ihr Telefon finden: im Passwort-Manager oder auf Papier. Wir können sie nicht noch einmal zeigen.",
    first: "Speichern Sie diese Codes, bevor Sie die Anmeldung in zwei Schritten einschalten.",
    replaces: "Codes, die Sie früher gespeichert haben, funktionieren dann nicht mehr.",
    saved: "Ich habe diese Codes gespeichert",
    savedMissing: "Speichern Sie die Codes und setzen Sie dann den Haken",
    submit: "Weiter",
    busy: "Wird gespeichert ...",
    expired:
      "Dieses Formular wurde schon gesendet oder ist zu alt. Codes, die Sie damit gespeichert haben, gelten weiter. Hier sind neue, falls Sie sie brauchen.",
    late: "Es sind mehr als 10 Minuten vergangen. Darum wurde nichts gespeichert oder eingeschaltet. Beginnen Sie mit diesen Codes von vorn.",
  },
});
