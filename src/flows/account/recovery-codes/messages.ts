import { translations } from "../../../i18n/language.ts";

export const messages = translations({
  en: {
    title: "Recovery codes",
    lead: "If you lose your phone, one of these codes signs you in after your password. Each works once.",
    keep: "Save them where you find them without your phone: in a password manager, or on paper. We can't show them again.",
    replaces: "Codes that you saved before stop working.",
    saved: "I saved these codes",
    savedMissing: "Save the codes, then tick this box",
    submit: "Continue",
    busy: "Saving...",
    expired: "These codes were shown too long ago, and were never used. Here are new ones.",
  },
  de: {
    title: "Wiederherstellungscodes",
    lead: "Wenn Sie Ihr Telefon verlieren, melden Sie sich nach Ihrem Passwort mit einem dieser Codes an. Jeder gilt einmal.",
    keep: "Bewahren Sie sie dort auf, wo Sie sie ohne Ihr Telefon finden: im Passwort-Manager oder auf Papier. Wir können sie nicht noch einmal zeigen.",
    replaces: "Codes, die Sie früher gespeichert haben, funktionieren dann nicht mehr.",
    saved: "Ich habe diese Codes gespeichert",
    savedMissing: "Speichern Sie die Codes und setzen Sie dann den Haken",
    submit: "Weiter",
    busy: "Wird gespeichert ...",
    expired: "Diese Codes wurden vor zu langer Zeit angezeigt und nie verwendet. Hier sind neue.",
  },
});
