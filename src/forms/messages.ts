import type { CurrentPasswordProblem } from "../auth/accounts/accounts.ts";
import type { EmailProblem } from "../auth/accounts/typed-email.ts";
import {
  type NewPasswordProblem,
  PASSWORD_MAX_CODE_POINTS,
  PASSWORD_MIN_CODE_POINTS,
} from "../auth/credentials/password/rules.ts";
import { translations } from "../i18n/language.ts";
import type { Children } from "../views/jsx-runtime.ts";

/** What the fields that several forms share are called, and what can be wrong with them. */
export const messages = translations({
  en: {
    email: "E-mail address",
    account: "Your account",
    password: "Password",
    newPassword: "New password",
    newPasswordHelp: `At least ${PASSWORD_MIN_CODE_POINTS} characters. A few words make a good one.`,
    confirmation: "The same password again",
    currentPassword: "Your current password",
    currentPasswordHelp: "So that nobody changes your account while you are away.",
    emailProblems: {
      "email-missing": "Enter your e-mail address",
      "email-invalid": "Enter an e-mail address like name@example.com",
    } satisfies Record<EmailProblem, string>,
    currentPasswordProblems: {
      "current-password-missing": "Enter your current password",
      "current-password-wrong": "This is not the password of this account",
    } satisfies Record<CurrentPasswordProblem, string>,
    newPasswordProblems: {
      "password-missing": "Choose a password",
      "password-too-short": `Choose a password of at least ${PASSWORD_MIN_CODE_POINTS} characters`,
      "password-too-long": `Choose a password of at most ${PASSWORD_MAX_CODE_POINTS} characters`,
      "password-malformed": "This password holds characters that do not arrive whole. Choose another",
      "password-common": "This password is among the first that attackers try. Choose another",
      "password-breached": "This password was stolen from another service and is on attackers' lists. Choose another",
      "password-contains-email": "Choose a password that does not contain your address",
      "password-contains-service": "Choose a password that does not contain the name of this service",
      "confirmation-differs": "The two passwords are not the same",
    } satisfies Record<NewPasswordProblem | "confirmation-differs", string>,
    unverified: "Your address is not verified yet. Without that, a forgotten password may cost you the account.",
    verifyIt: "Verify it",
    backToAccount: "Back to your account",
    tooManyEmailChanges: "Too many email changes",
    emailChangesBlockedUntil: (until: Children): Children => [
      "Your last changes can all still be undone, so your email can't be changed again until ",
      until,
      ". Nothing was changed.",
    ],
  },
  de: {
    email: "E-Mail-Adresse",
    account: "Ihr Konto",
    password: "Passwort",
    newPassword: "Neues Passwort",
    newPasswordHelp: `Mindestens ${PASSWORD_MIN_CODE_POINTS} Zeichen. Ein paar Wörter sind ein gutes Passwort.`,
    confirmation: "Dasselbe Passwort noch einmal",
    currentPassword: "Ihr aktuelles Passwort",
    currentPasswordHelp: "Damit niemand Ihr Konto ändert, während Sie weg sind.",
    emailProblems: {
      "email-missing": "Geben Sie Ihre E-Mail-Adresse ein",
      "email-invalid": "Geben Sie eine E-Mail-Adresse wie name@example.com ein",
    },
    currentPasswordProblems: {
      "current-password-missing": "Geben Sie Ihr aktuelles Passwort ein",
      "current-password-wrong": "Das ist nicht das Passwort dieses Kontos",
    },
    newPasswordProblems: {
      "password-missing": "Wählen Sie ein Passwort",
      "password-too-short": `Wählen Sie ein Passwort mit mindestens ${PASSWORD_MIN_CODE_POINTS} Zeichen`,
      "password-too-long": `Wählen Sie ein Passwort mit höchstens ${PASSWORD_MAX_CODE_POINTS} Zeichen`,
      "password-malformed": "Dieses Passwort enthält Zeichen, die nicht unversehrt ankommen. Wählen Sie ein anderes",
      "password-common": "Dieses Passwort probieren Angreifer als eines der ersten. Wählen Sie ein anderes",
      "password-breached":
        "Dieses Passwort wurde anderswo gestohlen und steht auf den Listen von Angreifern. Wählen Sie ein anderes",
      "password-contains-email": "Wählen Sie ein Passwort, in dem Ihre Adresse nicht vorkommt",
      "password-contains-service": "Wählen Sie ein Passwort, in dem der Name dieses Dienstes nicht vorkommt",
      "confirmation-differs": "Die beiden Passwörter sind nicht gleich",
    },
    unverified: "Ihre Adresse ist noch nicht bestätigt. Ohne das kann ein vergessenes Passwort Sie das Konto kosten.",
    verifyIt: "Jetzt bestätigen",
    backToAccount: "Zurück zu Ihrem Konto",
    tooManyEmailChanges: "Zu viele Änderungen der E-Mail-Adresse",
    emailChangesBlockedUntil: (until) => [
      "Ihre letzten Änderungen lassen sich alle noch rückgängig machen. Darum können Sie Ihre E-Mail-Adresse erst wieder ab ",
      until,
      " ändern. Es wurde nichts geändert.",
    ],
  },
});
