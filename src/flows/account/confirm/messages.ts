import { translations } from "../../../i18n/language.ts";

export const messages = translations({
  en: {
    title: "Confirm it's you",
    lead: "For your safety, we ask again before this step.",
    submit: "Continue",
    busy: "Checking...",
  },
  de: {
    title: "Bestätigen Sie, dass Sie es sind",
    lead: "Zu Ihrer Sicherheit fragen wir vor diesem Schritt noch einmal.",
    submit: "Weiter",
    busy: "Wird geprüft ...",
  },
});
