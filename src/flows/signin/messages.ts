import { translations } from "../../i18n/language.ts";
import type { Children } from "../../views/jsx-runtime.ts";
import type { SigninErrors } from "./form.ts";

export const messages = translations({
  en: {
    title: "Sign in",
    submit: "Sign in",
    busy: "Signing in...",
    forgotten: "Forgotten your password?",
    newHere: "New here?",
    signup: "Create an account",
    passwordProblems: {
      "password-missing": "Enter your password",
      "wrong-credentials": "That address and password do not belong together",
    } satisfies Record<NonNullable<SigninErrors["password"]>, string>,
    switchTitle: "Another account is signed in",
    signedInAs: (email: Children): Children => ["You're signed in here as ", email, "."],
    /** The password that was chosen is not that of the account which is signed in. */
    otherPasswordReset:
      "The password of the account that the link was for is changed, and that account is signed out everywhere.",
    switch: "Sign out and switch accounts",
    continueAs: (email: string) => `Continue as ${email}`,
    /** What other flows that end here have to say. */
    notices: {
      verified: "Your address is verified. Sign in, or go on in the browser in which you signed up.",
      "password-changed": "Your password is changed, and you are signed out everywhere. Sign in with the new one.",
      "email-changed": "Your address is changed, and you are signed out everywhere. Sign in with the new one.",
      "signed-out-everywhere": "Every device is signed out, this one too. Sign in again.",
      "nothing-to-verify": "No email is being verified in this browser. Sign in or sign up, and we send you a code.",
      "session-ended": "You were signed out, so nothing was changed. Sign in, then try again.",
      "account-created": "Your account is ready. Sign in with the password you chose.",
      "used-elsewhere":
        "The code we sent for this browser no longer works. If you verified your email on another device, sign in. If not, sign in or sign up again to get a new code.",
      stale: "Something else about your account was changed just before, so this was not. Sign in and look again.",
      "password-reset": "Your password is changed, and you are signed out everywhere. Sign in with the new one.",
    },
  },
  de: {
    title: "Anmelden",
    submit: "Anmelden",
    busy: "Wird angemeldet ...",
    forgotten: "Passwort vergessen?",
    newHere: "Neu hier?",
    signup: "Konto anlegen",
    passwordProblems: {
      "password-missing": "Geben Sie Ihr Passwort ein",
      "wrong-credentials": "Diese Adresse und dieses Passwort gehören nicht zusammen",
    },
    switchTitle: "Ein anderes Konto ist angemeldet",
    signedInAs: (email) => ["Sie sind hier als ", email, " angemeldet."],
    otherPasswordReset:
      "Das Passwort des Kontos, für das der Link war, ist geändert, und dieses Konto ist überall abgemeldet.",
    switch: "Abmelden und Konto wechseln",
    continueAs: (email) => `Weiter als ${email}`,
    notices: {
      verified:
        "Ihre Adresse ist bestätigt. Melden Sie sich an, oder machen Sie in dem Browser weiter, in dem Sie das Konto angelegt haben.",
      "password-changed":
        "Ihr Passwort ist geändert, und Sie sind überall abgemeldet. Melden Sie sich mit dem neuen an.",
      "email-changed": "Ihre Adresse ist geändert, und Sie sind überall abgemeldet. Melden Sie sich mit der neuen an.",
      "signed-out-everywhere": "Alle Geräte sind abgemeldet, auch dieses. Melden Sie sich wieder an.",
      "nothing-to-verify":
        "In diesem Browser wird keine E-Mail-Adresse bestätigt. Melden Sie sich an oder legen Sie ein Konto an, dann senden wir Ihnen einen Code.",
      "session-ended":
        "Sie waren abgemeldet, darum wurde nichts geändert. Melden Sie sich an und versuchen Sie es noch einmal.",
      "account-created": "Ihr Konto ist fertig. Melden Sie sich mit dem Passwort an, das Sie gewählt haben.",
      "used-elsewhere":
        "Der Code für diesen Browser gilt nicht mehr. Wenn Sie Ihre E-Mail-Adresse auf einem anderen Gerät bestätigt haben, melden Sie sich an. Wenn nicht, melden Sie sich an oder legen Sie das Konto noch einmal an, um einen neuen Code zu bekommen.",
      stale:
        "Kurz vorher wurde etwas anderes an Ihrem Konto geändert, Ihre Änderung darum nicht. Melden Sie sich an und sehen Sie nach.",
      "password-reset": "Ihr Passwort ist geändert, und Sie sind überall abgemeldet. Melden Sie sich mit dem neuen an.",
    },
  },
});
