import { translations } from "../../../i18n/language.ts";

export const messages = translations({
  en: {
    /** Notices of other flows that redirect to this page, by the name in the notice cookie. */
    notices: {
      "email-change-canceled": "The email change was canceled. The link we sent no longer works.",
    },
    factors: "Passkeys and two-step sign-in",
    factorsHelp: "A second factor keeps your account yours, even if someone knows your password.",
    twoStepOn: "Two-step on",
    manage: "Manage",
    notYou: "Was someone else here?",
    checkActivity: "Recent activity",
    checkActivityHelp: "Sign-ins and changes of the last year.",
    view: "View",
    changePassword: "Your password",
    changePasswordHelp: "Change it if someone else may know it. All other devices are signed out.",
    change: "Change",
    signOutOthers: "All other devices",
    signOutOthersHelp: "You'll stay signed in here.",
    signOut: "Sign out",
  },
  de: {
    notices: {
      "email-change-canceled":
        "Die Änderung der E-Mail-Adresse wurde abgebrochen. Der Link in unserer E-Mail funktioniert nicht mehr.",
    },
    factors: "Passkeys und Anmeldung in zwei Schritten",
    factorsHelp: "Mit einem zweiten Faktor bleibt Ihr Konto Ihres, auch wenn jemand Ihr Passwort kennt.",
    twoStepOn: "Zwei Schritte ein",
    manage: "Verwalten",
    notYou: "War jemand anderes in Ihrem Konto?",
    checkActivity: "Letzte Aktivität",
    checkActivityHelp: "Anmeldungen und Änderungen im letzten Jahr.",
    view: "Ansehen",
    changePassword: "Ihr Passwort",
    changePasswordHelp: "Ändern Sie es, wenn jemand anderes es kennen könnte. Alle anderen Geräte werden abgemeldet.",
    change: "Ändern",
    signOutOthers: "Alle anderen Geräte",
    signOutOthersHelp: "Auf diesem Gerät bleiben Sie angemeldet.",
    signOut: "Abmelden",
  },
});
