import { translations } from "../../../i18n/language.ts";

export const messages = translations({
  en: {
    /** Notices of other flows that redirect to this page, by the name in the notice cookie. */
    notices: {
      "email-change-canceled": "The email change was canceled. The link we sent no longer works.",
    },
    notYou: "Was someone else here?",
    checkActivity: "Recent activity",
    checkActivityHelp: "Sign-ins and changes of the last year.",
    view: "View",
    signOutOthers: "All other devices",
    signOutOthersHelp: "You'll stay signed in here.",
    signOut: "Sign out",
  },
  de: {
    notices: {
      "email-change-canceled":
        "Die Änderung der E-Mail-Adresse wurde abgebrochen. Der Link in unserer E-Mail funktioniert nicht mehr.",
    },
    notYou: "War jemand anderes hier?",
    checkActivity: "Letzte Aktivität",
    checkActivityHelp: "Anmeldungen und Änderungen des letzten Jahres.",
    view: "Ansehen",
    signOutOthers: "Alle anderen Geräte",
    signOutOthersHelp: "Hier bleiben Sie angemeldet.",
    signOut: "Abmelden",
  },
});
