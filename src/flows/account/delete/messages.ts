import { translations } from "../../../i18n/language.ts";

export const messages = translations({
  en: {
    title: "Delete account",
    warning: "This deletes your account and everything in it. It can't be undone.",
    keep: "Want to keep your data?",
    download: "Download your data",
    confirmation: "I understand that this can't be undone",
    confirmationMissing: "Check the box to confirm that this can't be undone",
    submit: "Delete my account",
    busy: "Deleting...",
  },
  de: {
    title: "Konto löschen",
    warning: "Damit werden Ihr Konto und alle Daten darin gelöscht. Das lässt sich nicht rückgängig machen.",
    keep: "Möchten Sie Ihre Daten behalten?",
    download: "Ihre Daten herunterladen",
    confirmation: "Mir ist klar, dass sich das nicht rückgängig machen lässt",
    confirmationMissing: "Setzen Sie das Häkchen, um das zu bestätigen",
    submit: "Mein Konto löschen",
    busy: "Wird gelöscht ...",
  },
});
