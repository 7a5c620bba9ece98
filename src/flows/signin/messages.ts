import { translations } from "../../i18n/language.ts";
import type { Children } from "../../views/jsx-runtime.ts";
import type { SigninErrors } from "./form.ts";

export const messages = translations({
  en: {
    title: "Sign in",
    submit: "Sign in",
    busy: "Signing in...",
    usePasskey: "Sign in with a passkey",
    forgotten: "Forgot your password?",
    sendResetLink: "Email me a reset link",
    sending: "Sending...",
    newHere: "New here?",
    signup: "Create an account",
    passwordProblems: {
      "password-missing": "Enter your password",
      "wrong-credentials": "Wrong email or password",
    } satisfies Record<NonNullable<SigninErrors["password"]>, string>,
    /** Continues "Wrong email or password". */
    attemptsLeft: (left: number) =>
      left === 0
        ? "Sign-in is paused now. You can reset your password"
        : `${left} ${left === 1 ? "attempt" : "attempts"} left before sign-in is paused`,
    switchTitle: "Another account is signed in",
    signedInAs: (email: Children): Children => ["You're signed in here as ", email, "."],
    /** Shown if the password of an account other than the signed-in one was reset. */
    otherPasswordReset:
      "The password of the account that the link was sent for was changed, and that account was signed out everywhere.",
    switch: "Sign out and switch accounts",
    continueAs: (email: string) => `Continue as ${email}`,
    /** Notices of other flows that redirect to this page. */
    notices: {
      "second-step-over":
        "The second step took more than 10 minutes, or your account has changed. Enter your password again.",
      verified: "Your email is verified. Sign in, or continue in the browser where you signed up.",
      "password-changed": "Your password was changed, and you were signed out everywhere. Sign in with the new one.",
      "email-changed": "Your email was changed, and you were signed out everywhere. Sign in with the new one.",
      "signed-out-everywhere": "You were signed out on all devices, including this one. Sign in to continue.",
      "nothing-to-verify": "No email is being verified in this browser. Sign in or sign up, and we'll send you a code.",
      "signed-out": "You were signed out.",
      "session-over": "You were signed out. Sign in to continue.",
      "session-ended": "You were signed out, and nothing was changed. Sign in to continue.",
      "account-created": "Your account is ready. Sign in with the password you chose.",
      "used-elsewhere":
        "The code we sent for this browser no longer works. If you verified your email on another device, sign in. If not, sign in or sign up again to get a new code.",
      stale:
        "Your account was changed somewhere else at the same time, so this change was not made. Sign in to see it.",
      "password-reset": "Your password was changed, and you were signed out everywhere. Sign in with the new one.",
    },
  },
  de: {
    title: "Anmelden",
    submit: "Anmelden",
    busy: "Wird angemeldet ...",
    usePasskey: "Mit Passkey anmelden",
    forgotten: "Passwort vergessen?",
    sendResetLink: "Link per E-Mail anfordern",
    sending: "Wird gesendet ...",
    newHere: "Neu hier?",
    signup: "Konto erstellen",
    passwordProblems: {
      "password-missing": "Geben Sie Ihr Passwort ein",
      "wrong-credentials": "E-Mail-Adresse oder Passwort falsch",
    },
    attemptsLeft: (left) =>
      left === 0
        ? "Die Anmeldung ist jetzt vorübergehend gesperrt. Sie können Ihr Passwort zurücksetzen"
        : `Noch ${left} ${left === 1 ? "Versuch" : "Versuche"}, dann wird die Anmeldung vorübergehend gesperrt`,
    switchTitle: "Ein anderes Konto ist angemeldet",
    signedInAs: (email) => ["Sie sind hier als ", email, " angemeldet."],
    otherPasswordReset:
      "Das Passwort des Kontos, zu dem der Link gehört, wurde geändert, und dieses Konto wurde überall abgemeldet.",
    switch: "Abmelden und Konto wechseln",
    continueAs: (email) => `Weiter als ${email}`,
    notices: {
      "second-step-over":
        "Der zweite Schritt hat länger als 10 Minuten gedauert, oder Ihr Konto hat sich geändert. Geben Sie Ihr Passwort noch einmal ein.",
      verified:
        "Ihre E-Mail-Adresse ist bestätigt. Melden Sie sich an oder machen Sie in dem Browser weiter, in dem Sie das Konto erstellt haben.",
      "password-changed":
        "Ihr Passwort wurde geändert, und Sie wurden überall abgemeldet. Melden Sie sich mit dem neuen an.",
      "email-changed":
        "Ihre E-Mail-Adresse wurde geändert, und Sie wurden überall abgemeldet. Melden Sie sich mit der neuen an.",
      "signed-out-everywhere": "Sie wurden auf allen Geräten abgemeldet, auch auf diesem. Melden Sie sich wieder an.",
      "nothing-to-verify":
        "In diesem Browser wird keine E-Mail-Adresse bestätigt. Melden Sie sich an oder erstellen Sie ein Konto, dann senden wir Ihnen einen Code.",
      "signed-out": "Sie wurden abgemeldet.",
      "session-over": "Sie wurden abgemeldet. Melden Sie sich an, um fortzufahren.",
      "session-ended": "Sie wurden abgemeldet, und es wurde nichts geändert. Melden Sie sich an, um fortzufahren.",
      "account-created": "Ihr Konto ist eingerichtet. Melden Sie sich mit dem Passwort an, das Sie gewählt haben.",
      "used-elsewhere":
        "Der Code für diesen Browser gilt nicht mehr. Wenn Sie Ihre E-Mail-Adresse auf einem anderen Gerät bestätigt haben, melden Sie sich an. Wenn nicht, melden Sie sich an oder registrieren Sie sich noch einmal, um einen neuen Code zu bekommen.",
      stale:
        "Ihr Konto wurde zur gleichen Zeit an anderer Stelle geändert. Diese Änderung wurde deshalb nicht gespeichert. Melden Sie sich an, um den aktuellen Stand zu sehen.",
      "password-reset":
        "Ihr Passwort wurde geändert, und Sie wurden überall abgemeldet. Melden Sie sich mit dem neuen an.",
    },
  },
});
