import type { RefusalReason } from "../http/refusals.ts";
import { type Language, TRAITS, translations } from "../i18n/language.ts";
import type { Children } from "../views/jsx-runtime.ts";

interface RefusalMessages {
  readonly title: string;
  /**
   * Says what happened and what to do next. `wait` is the time until the next attempt, such as "5 minutes". `account`
   * is the email of the signed-in account, if the refusal is about that account.
   */
  readonly message: (wait: string, account: Children) => Children;
}

/** The texts of the error pages. */
export const messages = translations({
  en: {
    frontPage: "Front page",
    tryAgain: "Try again",
    openAgain: "Open the form again",
    openByHttps: "Open it over https",
    openPage: "Open the page",
    resetPassword: "Reset your password",
    enterCode: "Enter the code",
    signIn: "Sign in",
    signOut: "Sign out",
    signOutPage: { title: "Sign out?", message: () => "Press the button to sign out on this device." },
    account: "Your account",
    askForLink: "Email me a new link",
    useOpenLink: "Continue with the link opened last",
    continue: "Continue",
    continueAs: (email: string) => `Continue as ${email}`,
    signOutAndUse: (email: string | null) =>
      email === null ? "Sign out and switch accounts" : `Sign out and use ${email}`,
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
      "cookies-blocked": {
        title: "Your browser blocks cookies",
        message: () => "You can't stay signed in without them. Allow cookies for this site, then sign in again.",
      },
      "no-such-page": {
        title: "There is no such page",
        message: () => "Check the address, or start again from the front page.",
      },
      "wrong-method": {
        title: "That cannot be done here",
        message: () => "This address exists, but not for that kind of request.",
      },
      "signed-in-as-other": {
        title: "Another account is signed in",
        message: (_, account) => ["You're signed in here as ", account, ". To use another account, sign out first."],
      },
      "form-for-other-account": {
        title: "Another account is signed in",
        message: (_, account) => [
          "This form was opened for another account. You're signed in as ",
          account,
          " now, so nothing was changed.",
        ],
      },
      "link-for-other-account": {
        title: "This link is for another account",
        message: (_, account) => [
          "You're signed in as ",
          account,
          ". Nothing was changed. To use the link, sign out and sign in to the account it was sent for.",
        ],
      },
      "form-for-other-link": {
        title: "Another link was opened since",
        message: () =>
          "This form belongs to a link that is no longer the one open in this browser. Nothing was changed. Open the link in your email again.",
      },
      "form-too-large": { title: "That is too large", message: () => "This form is larger than any of ours can be." },
      "query-too-long": {
        title: "This link is too long",
        message: () => "The link you opened is longer than any of ours. Open it again, or start from the home page.",
      },
      "cookies-too-large": {
        title: "Your browser sent too many cookies",
        message: () => "Delete the cookies of this site in your browser's settings, then try again.",
      },
      "not-a-form": { title: "That is not a form", message: () => "Only a form sent by a browser is understood here." },
      "wrong-host": {
        title: "This page is somewhere else",
        message: () => "This name leads to the service but isn't its own. Go to its front page and start from there.",
      },
      "too-many-forms": {
        title: "Too many tries",
        message: (wait: string) => `Too many forms were sent from your network. Try again in ${wait}.`,
      },
      "too-many-pages": {
        title: "Too many tries",
        message: (wait: string) => `Too many links were opened from your network. Try again in ${wait}.`,
      },
      "not-a-page": {
        title: "Open this page by itself",
        message: () => "This page can't be a part of another page. Open it in a window of its own.",
      },
      "form-for-other-email": {
        title: "Another email is being verified here",
        message: () =>
          "This page belongs to another email than the one that was entered in this browser since. Nothing was changed.",
      },
      "link-for-signup": {
        title: "This link finishes another sign-up",
        message: (_, account) => [
          "You're signed in as ",
          account,
          ". Nothing was changed. To use the link, sign out, then open the link in your email again.",
        ],
      },
      "too-many-attempts": {
        title: "Too many tries",
        message: (wait: string) =>
          `Too many passwords or codes were tried for this account. It is safe; try again in ${wait}.`,
      },
      "too-many-mails": {
        title: "Too many tries",
        message: (wait: string) =>
          `We have sent several mails to this address already. Look for the newest, or ask again in ${wait}.`,
      },
      "too-busy": {
        title: "Very busy right now",
        message: () => "Many people are signing in at once. Nothing was changed. Try again in a moment.",
      },
      unavailable: {
        title: "We cannot do that right now",
        message: () => "Something we depend on is not working right now. Nothing is lost: try again in a moment.",
      },
    } satisfies Record<RefusalReason, RefusalMessages>,
    beingSetUp: "This service is being set up. Try again later.",
  },
  de: {
    frontPage: "Startseite",
    tryAgain: "Noch einmal versuchen",
    openAgain: "Formular noch einmal öffnen",
    openByHttps: "Über https öffnen",
    openPage: "Seite öffnen",
    resetPassword: "Passwort zurücksetzen",
    enterCode: "Code eingeben",
    signIn: "Anmelden",
    signOut: "Abmelden",
    signOutPage: { title: "Abmelden?", message: () => "Drücken Sie den Knopf, um sich auf diesem Gerät abzumelden." },
    account: "Ihr Konto",
    askForLink: "Neuen Link anfordern",
    useOpenLink: "Mit dem zuletzt geöffneten Link weitermachen",
    continue: "Weiter",
    continueAs: (email) => `Weiter als ${email}`,
    signOutAndUse: (email) => (email === null ? "Abmelden und Konto wechseln" : `Abmelden und ${email} verwenden`),
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
      "cookies-blocked": {
        title: "Ihr Browser blockiert Cookies",
        message: () =>
          "Ohne Cookies können Sie nicht angemeldet bleiben. Erlauben Sie Cookies für diese Website und melden Sie sich dann noch einmal an.",
      },
      "no-such-page": {
        title: "Diese Seite gibt es nicht",
        message: () => "Prüfen Sie die Adresse oder fangen Sie auf der Startseite noch einmal an.",
      },
      "wrong-method": {
        title: "Das geht hier nicht",
        message: () => "Diese Adresse gibt es, aber nicht für diese Art von Anfrage.",
      },
      "signed-in-as-other": {
        title: "Ein anderes Konto ist angemeldet",
        message: (_, account) => [
          "Sie sind hier als ",
          account,
          " angemeldet. Um ein anderes Konto zu verwenden, melden Sie sich zuerst ab.",
        ],
      },
      "form-for-other-account": {
        title: "Ein anderes Konto ist angemeldet",
        message: (_, account) => [
          "Dieses Formular wurde für ein anderes Konto geöffnet. Sie sind jetzt als ",
          account,
          " angemeldet, darum wurde nichts geändert.",
        ],
      },
      "link-for-other-account": {
        title: "Dieser Link ist für ein anderes Konto",
        message: (_, account) => [
          "Sie sind als ",
          account,
          " angemeldet. Nichts wurde geändert. Um den Link zu benutzen, melden Sie sich ab und dann in dem Konto an, für das er gesendet wurde.",
        ],
      },
      "form-for-other-link": {
        title: "Inzwischen wurde ein anderer Link geöffnet",
        message: () =>
          "Dieses Formular gehört zu einem Link, der in diesem Browser nicht mehr geöffnet ist. Nichts wurde geändert. Öffnen Sie den Link in Ihrer E-Mail noch einmal.",
      },
      "form-too-large": {
        title: "Das ist zu groß",
        message: () => "Dieses Formular ist größer, als eines von unseren sein kann.",
      },
      "query-too-long": {
        title: "Dieser Link ist zu lang",
        message: () =>
          "Der Link ist länger als jeder von uns. Öffnen Sie ihn noch einmal oder beginnen Sie auf der Startseite.",
      },
      "cookies-too-large": {
        title: "Ihr Browser hat zu viele Cookies gesendet",
        message: () =>
          "Löschen Sie in den Einstellungen Ihres Browsers die Cookies dieser Website und versuchen Sie es noch einmal.",
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
      "too-many-pages": {
        title: "Zu viele Versuche",
        message: (wait) => `Aus Ihrem Netz wurden zu viele Links geöffnet. Versuchen Sie es in ${wait} noch einmal.`,
      },
      "not-a-page": {
        title: "Öffnen Sie diese Seite für sich allein",
        message: () => "Diese Seite kann kein Teil einer anderen sein. Öffnen Sie sie in einem eigenen Fenster.",
      },
      "form-for-other-email": {
        title: "Hier wird eine andere E-Mail-Adresse bestätigt",
        message: () =>
          "Diese Seite gehört zu einer anderen E-Mail-Adresse als der, die in diesem Browser zuletzt eingegeben wurde. Nichts wurde geändert.",
      },
      "link-for-signup": {
        title: "Dieser Link gehört zu einem anderen neuen Konto",
        message: (_, account) => [
          "Sie sind als ",
          account,
          " angemeldet. Nichts wurde geändert. Um den Link zu benutzen, melden Sie sich ab und öffnen Sie ihn dann noch einmal aus der E-Mail.",
        ],
      },
      "too-many-attempts": {
        title: "Zu viele Versuche",
        message: (wait) =>
          `Für dieses Konto wurden zu viele Passwörter oder Codes probiert. Es ist sicher; versuchen Sie es in ${wait} noch einmal.`,
      },
      "too-many-mails": {
        title: "Zu viele Versuche",
        message: (wait) =>
          `Wir haben schon mehrere Mails an diese Adresse gesendet. Suchen Sie die neueste oder fordern Sie in ${wait} noch eine an.`,
      },
      "too-busy": {
        title: "Gerade ist viel los",
        message: () =>
          "Gerade melden sich sehr viele Menschen an. Nichts wurde geändert. Versuchen Sie es gleich noch einmal.",
      },
      unavailable: {
        title: "Das geht gerade nicht",
        message: () =>
          "Etwas, worauf wir angewiesen sind, funktioniert gerade nicht. Nichts ist verloren: Versuchen Sie es gleich noch einmal.",
      },
    },
    beingSetUp: "Dieser Dienst wird gerade eingerichtet. Versuchen Sie es später noch einmal.",
  },
});

/** Formats a duration such as "5 minutes" or "2 hours". Rounds up, so that the text is never shorter than `seconds`. */
export function formatRetryAfter(language: Language, seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  const [count, unit] = minutes < 120 ? [minutes, "minute"] : [Math.ceil(minutes / 60), "hour"];
  return new Intl.NumberFormat(TRAITS[language].locale, { style: "unit", unit, unitDisplay: "long" }).format(count);
}
