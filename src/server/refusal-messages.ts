import type { RefusalReason } from "../http/refusals.ts";
import { type Language, TRAITS, translations } from "../i18n/language.ts";
import type { Children } from "../views/jsx-runtime.ts";

interface RefusalMessages {
  readonly title: string;
  /**
   * Says what happened and what to do next. `wait` is the time until the next attempt, such as "5 minutes". `account`
   * is the email of the signed-in account, if the refusal is about that account.
   */
  readonly message: (wait: Children, account: Children) => Children;
}

/** The texts of the error pages. */
export const messages = translations({
  en: {
    frontPage: "Home",
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
    verifyLater: "Verify later",
    continue: "Continue",
    continueAs: (email: string) => `Continue as ${email}`,
    signOutAndUse: (email: string | null) =>
      email === null ? "Sign out and switch accounts" : `Sign out and use ${email}`,
    refusals: {
      "malformed-form": {
        title: "We couldn't read that form",
        message: () => "The form was incomplete or damaged. Open it again and send it once more.",
      },
      "foreign-origin": {
        title: "For your safety, open the form again",
        message: () => "We only accept forms from our own pages. Open the page again and send the form from there.",
      },
      "plain-http": {
        title: "Use https",
        message: () => "This service only works over https.",
      },
      "cookies-blocked": {
        title: "Your browser blocks cookies",
        message: () => "You can't stay signed in without them. Allow cookies for this site, then sign in again.",
      },
      "no-such-page": {
        title: "Page not found",
        message: () => "Check the link, or start from the home page.",
      },
      "wrong-method": {
        title: "This page can't be opened that way",
        message: () => "Start from the home page instead.",
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
        title: "Another link was opened",
        message: () =>
          "You opened another link in this browser, so nothing was changed. Open the link in your email again.",
      },
      "form-too-large": { title: "That form is too large", message: () => "Open the form again and enter less text." },
      "query-too-long": {
        title: "This link is too long",
        message: () => "Open the link again, or start from the home page.",
      },
      "cookies-too-large": {
        title: "Your browser sent too many cookies",
        message: () => "Delete the cookies of this site in your browser's settings, then try again.",
      },
      "not-a-form": { title: "That isn't a form", message: () => "This page only accepts forms that a browser sends." },
      "wrong-host": {
        title: "This page is somewhere else",
        message: () => "This domain isn't where we serve our pages. Start from our home page.",
      },
      "too-many-forms": {
        title: "Too many attempts",
        message: (wait: Children) => ["Too many forms were sent from your network. Try again in ", wait, "."],
      },
      "too-many-pages": {
        title: "Too many attempts",
        message: (wait: Children) => [
          "Too many forms were sent and links opened from your network. Try again in ",
          wait,
          ".",
        ],
      },
      "not-a-page": {
        title: "Open this page by itself",
        message: () => "This page can't be a part of another page. Open it in a window of its own.",
      },
      "form-for-other-email": {
        title: "Another email is being verified here",
        message: () => "Another email was entered in this browser, so nothing was changed.",
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
        title: "Too many attempts",
        message: (wait: Children) => [
          "To protect the account, sign-in is paused for ",
          wait,
          ". You can reset your password now.",
        ],
      },
      "too-many-codes": {
        title: "Too many codes",
        message: (wait: Children) => [
          "To protect the account, no more codes can be entered for ",
          wait,
          ". A passkey still works, if you have one.",
        ],
      },
      "too-many-mails": {
        title: "Too many attempts",
        message: (wait: Children) => [
          "We already sent several emails to you. Use the latest one, or try again in ",
          wait,
          ".",
        ],
      },
      "too-busy": {
        title: "Very busy right now",
        message: () => "Many people are signing in at once. Nothing was changed. Try again in a moment.",
      },
      unavailable: {
        title: "Temporarily unavailable",
        message: () => "We couldn't reach our servers. Nothing was changed. Try again in a moment.",
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
    signOutPage: { title: "Abmelden?", message: () => "Mit der Schaltfläche melden Sie sich auf diesem Gerät ab." },
    account: "Ihr Konto",
    askForLink: "Neuen Link anfordern",
    useOpenLink: "Mit dem zuletzt geöffneten Link weitermachen",
    verifyLater: "Später bestätigen",
    continue: "Weiter",
    continueAs: (email) => `Weiter als ${email}`,
    signOutAndUse: (email) => (email === null ? "Abmelden und Konto wechseln" : `Abmelden und ${email} verwenden`),
    refusals: {
      "malformed-form": {
        title: "Das Formular konnte nicht gelesen werden",
        message: () =>
          "Das Formular war unvollständig oder beschädigt. Öffnen Sie es noch einmal und senden Sie es erneut.",
      },
      "foreign-origin": {
        title: "Öffnen Sie das Formular zu Ihrer Sicherheit noch einmal",
        message: () =>
          "Wir nehmen nur Formulare von unseren eigenen Seiten an. Öffnen Sie die Seite noch einmal und senden Sie das Formular von dort.",
      },
      "plain-http": {
        title: "Verwenden Sie https",
        message: () => "Dieser Dienst funktioniert nur über https.",
      },
      "cookies-blocked": {
        title: "Ihr Browser blockiert Cookies",
        message: () =>
          "Ohne Cookies können Sie nicht angemeldet bleiben. Erlauben Sie Cookies für diese Website und melden Sie sich dann noch einmal an.",
      },
      "no-such-page": {
        title: "Seite nicht gefunden",
        message: () => "Prüfen Sie den Link oder beginnen Sie auf der Startseite.",
      },
      "wrong-method": {
        title: "Diese Seite lässt sich so nicht öffnen",
        message: () => "Beginnen Sie stattdessen auf der Startseite.",
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
          "Dieses Formular wurde für ein anderes Konto geöffnet. Jetzt sind Sie als ",
          account,
          " angemeldet. Deshalb wurde nichts geändert.",
        ],
      },
      "link-for-other-account": {
        title: "Dieser Link ist für ein anderes Konto",
        message: (_, account) => [
          "Sie sind als ",
          account,
          " angemeldet. Es wurde nichts geändert. Um den Link zu benutzen, melden Sie sich ab und dann in dem Konto an, für das er gesendet wurde.",
        ],
      },
      "form-for-other-link": {
        title: "Inzwischen wurde ein anderer Link geöffnet",
        message: () =>
          "Sie haben in diesem Browser einen anderen Link geöffnet. Deshalb wurde nichts geändert. Öffnen Sie den Link in Ihrer E-Mail noch einmal.",
      },
      "form-too-large": {
        title: "Das Formular ist zu groß",
        message: () => "Öffnen Sie das Formular noch einmal und geben Sie weniger Text ein.",
      },
      "query-too-long": {
        title: "Dieser Link ist zu lang",
        message: () => "Öffnen Sie den Link noch einmal oder beginnen Sie auf der Startseite.",
      },
      "cookies-too-large": {
        title: "Ihr Browser hat zu viele Cookies gesendet",
        message: () =>
          "Löschen Sie in den Einstellungen Ihres Browsers die Cookies dieser Website und versuchen Sie es noch einmal.",
      },
      "not-a-form": {
        title: "Das ist kein Formular",
        message: () => "Diese Seite nimmt nur Formulare an, die ein Browser sendet.",
      },
      "wrong-host": {
        title: "Hier gibt es diese Seite nicht",
        message: () => "Unter dieser Domain bieten wir keine Seiten an. Beginnen Sie auf unserer Startseite.",
      },
      "too-many-forms": {
        title: "Zu viele Versuche",
        message: (wait) => [
          "Aus Ihrem Netzwerk wurden zu viele Formulare gesendet. Versuchen Sie es in ",
          wait,
          " noch einmal.",
        ],
      },
      "too-many-pages": {
        title: "Zu viele Versuche",
        message: (wait) => [
          "Aus Ihrem Netzwerk wurden zu viele Links geöffnet. Versuchen Sie es in ",
          wait,
          " noch einmal.",
        ],
      },
      "not-a-page": {
        title: "Öffnen Sie diese Seite einzeln",
        message: () =>
          "Diese Seite lässt sich nicht in eine andere einbetten. Öffnen Sie sie in einem eigenen Fenster.",
      },
      "form-for-other-email": {
        title: "Hier wird eine andere E-Mail-Adresse bestätigt",
        message: () =>
          "In diesem Browser wurde inzwischen eine andere E-Mail-Adresse eingegeben. Deshalb wurde nichts geändert.",
      },
      "link-for-signup": {
        title: "Dieser Link gehört zu einer anderen Registrierung",
        message: (_, account) => [
          "Sie sind als ",
          account,
          " angemeldet. Es wurde nichts geändert. Um den Link zu benutzen, melden Sie sich ab und öffnen Sie ihn dann noch einmal aus der E-Mail.",
        ],
      },
      "too-many-attempts": {
        title: "Zu viele Versuche",
        message: (wait) => [
          "Zum Schutz des Kontos ist die Anmeldung noch ",
          wait,
          " gesperrt. Sie können jetzt Ihr Passwort zurücksetzen.",
        ],
      },
      "too-many-codes": {
        title: "Zu viele Codes",
        message: (wait) => [
          "Zum Schutz des Kontos sind Codes für ",
          wait,
          " gesperrt. Ein Passkey funktioniert weiterhin, wenn Sie einen haben.",
        ],
      },
      "too-many-mails": {
        title: "Zu viele Versuche",
        message: (wait) => [
          "Wir haben Ihnen schon mehrere E-Mails gesendet. Verwenden Sie die neueste oder versuchen Sie es in ",
          wait,
          " noch einmal.",
        ],
      },
      "too-busy": {
        title: "Gerade ist viel los",
        message: () =>
          "Gerade melden sich sehr viele Menschen gleichzeitig an. Es wurde nichts geändert. Versuchen Sie es gleich noch einmal.",
      },
      unavailable: {
        title: "Vorübergehend nicht verfügbar",
        message: () =>
          "Wir konnten unsere Server nicht erreichen. Es wurde nichts geändert. Versuchen Sie es gleich noch einmal.",
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
