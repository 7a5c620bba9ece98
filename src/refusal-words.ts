import type { RefusalReason } from "./http/errors.ts";
import { catalogue, type Language, TRAITS } from "./language.ts";
import { MAILS_MAX } from "./limits.ts";

interface RefusalWords {
  readonly title: string;
  /** What happened and what one can do. `wait`: how long until it may be tried again, such as "5 minutes". */
  readonly message: (wait: string) => string;
}

/** What the pages say that are not the page one asked for. */
export const WORDS = catalogue({
  en: {
    frontPage: "Front page",
    tryAgain: "Try again",
    refusals: {
      "malformed-form": {
        title: "That did not arrive whole",
        message: () => "This form did not arrive the way a browser sends it.",
      },
      "foreign-origin": {
        title: "That did not come from here",
        message: () => "Forms are only taken from pages of this site. Open the page again and send it from there.",
      },
      "plain-http": {
        title: "That did not come from here",
        message: () => "This service answers by https only. Use its address with https:// in front.",
      },
      "no-such-page": {
        title: "There is no such page",
        message: () => "Check the address, or start again from the front page.",
      },
      "wrong-method": {
        title: "That cannot be done here",
        message: () => "This address exists, but not for that kind of request.",
      },
      "form-too-large": { title: "That is too large", message: () => "This form is larger than any of ours can be." },
      "not-a-form": { title: "That is not a form", message: () => "Only a form sent by a browser is understood here." },
      "wrong-host": {
        title: "This page is somewhere else",
        message: () => "This name leads to the service but isn't its own. Go to its front page and start from there.",
      },
      "too-many-forms": {
        title: "Too many tries",
        message: (wait: string) => `Too many forms were sent from your network. Try again in ${wait}.`,
      },
      "too-many-guesses": {
        title: "Too many tries",
        message: (wait: string) =>
          `Too many passwords or codes were tried for this account. It is safe; try again in ${wait}.`,
      },
      "too-many-mails": {
        title: "Too many tries",
        message: (wait: string) =>
          `We have sent ${MAILS_MAX} mails to this address just now. Look for the newest, or ask again in ${wait}.`,
      },
      unavailable: {
        title: "We cannot do that right now",
        message: () => "Something we depend on did not answer in time. Nothing is lost: try again in a moment.",
      },
    } satisfies Record<RefusalReason, RefusalWords>,
    beingSetUp: "This service is being set up. Try again later.",
  },
  de: {
    frontPage: "Startseite",
    tryAgain: "Noch einmal versuchen",
    refusals: {
      "malformed-form": {
        title: "Das kam nicht vollständig an",
        message: () => "Dieses Formular kam nicht so an, wie ein Browser es sendet.",
      },
      "foreign-origin": {
        title: "Das kam nicht von hier",
        message: () =>
          "Formulare nehmen wir nur von unseren eigenen Seiten an. Öffnen Sie die Seite noch einmal und senden Sie das Formular von dort.",
      },
      "plain-http": {
        title: "Das kam nicht von hier",
        message: () => "Dieser Dienst antwortet nur über https. Benutzen Sie seine Adresse mit https:// davor.",
      },
      "no-such-page": {
        title: "Diese Seite gibt es nicht",
        message: () => "Prüfen Sie die Adresse oder fangen Sie auf der Startseite noch einmal an.",
      },
      "wrong-method": {
        title: "Das geht hier nicht",
        message: () => "Diese Adresse gibt es, aber nicht für diese Art von Anfrage.",
      },
      "form-too-large": {
        title: "Das ist zu groß",
        message: () => "Dieses Formular ist größer, als eines von unseren sein kann.",
      },
      "not-a-form": {
        title: "Das ist kein Formular",
        message: () => "Hier wird nur ein Formular verstanden, das ein Browser sendet.",
      },
      "wrong-host": {
        title: "Diese Seite ist woanders",
        message: () =>
          "Dieser Name führt zum Dienst, ist aber nicht sein eigener. Öffnen Sie seine Startseite und fangen Sie dort an.",
      },
      "too-many-forms": {
        title: "Zu viele Versuche",
        message: (wait) =>
          `Aus Ihrem Netz wurden zu viele Formulare gesendet. Versuchen Sie es in ${wait} noch einmal.`,
      },
      "too-many-guesses": {
        title: "Zu viele Versuche",
        message: (wait) =>
          `Für dieses Konto wurden zu viele Passwörter oder Codes probiert. Es ist sicher; versuchen Sie es in ${wait} noch einmal.`,
      },
      "too-many-mails": {
        title: "Zu viele Versuche",
        message: (wait) =>
          `Wir haben gerade ${MAILS_MAX} Mails an diese Adresse gesendet. Suchen Sie die neueste oder fordern Sie in ${wait} noch eine an.`,
      },
      unavailable: {
        title: "Das geht gerade nicht",
        message: () =>
          "Etwas, worauf wir angewiesen sind, hat nicht rechtzeitig geantwortet. Nichts ist verloren: Versuchen Sie es gleich noch einmal.",
      },
    },
    beingSetUp: "Dieser Dienst wird gerade eingerichtet. Versuchen Sie es später noch einmal.",
  },
});

/** "5 minutes", "2 hours": never shorter than `seconds`. */
export function describeWait(language: Language, seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  const [count, unit] = minutes < 120 ? [minutes, "minute"] : [Math.ceil(minutes / 60), "hour"];
  return new Intl.NumberFormat(TRAITS[language].locale, { style: "unit", unit, unitDisplay: "long" }).format(count);
}
