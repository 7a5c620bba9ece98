import { translations } from "../../../i18n/language.ts";

export const messages = translations({
  en: { confirmed: "You can download your data now." },
  de: { confirmed: "Sie können Ihre Daten jetzt herunterladen." },
});
