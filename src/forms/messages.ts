import type { CurrentPasswordProblem } from "../auth/accounts/accounts.ts";
import type { EmailProblem } from "../auth/accounts/typed-email.ts";
import {
  type NewPasswordProblem,
  PASSWORD_MAX_CODE_POINTS,
  PASSWORD_MIN_CODE_POINTS,
} from "../auth/credentials/password/rules.ts";
import { translations } from "../i18n/language.ts";
import type { Children } from "../views/jsx-runtime.ts";

/** Labels and errors of the fields that several forms share. */
export const messages = translations({
  en: {
    email: "Email",
    account: "Your account",
    password: "Password",
    newPassword: "New password",
    newPasswordHelp: `At least ${PASSWORD_MIN_CODE_POINTS} characters. A few words make a good one.`,
    confirmation: "Confirm password",
    currentPassword: "Current password",
    currentPasswordHelp: "We ask again to make sure it's you.",
    emailProblems: {
      "email-missing": "Enter your email",
      "email-invalid": "Enter an email like name@example.com",
    } satisfies Record<EmailProblem, string>,
    currentPasswordProblems: {
      "current-password-missing": "Enter your current password",
      "current-password-wrong": "Wrong password",
    } satisfies Record<CurrentPasswordProblem, string>,
    newPasswordProblems: {
      "password-missing": "Choose a password",
      "password-too-short": `Choose a password of at least ${PASSWORD_MIN_CODE_POINTS} characters`,
      "password-too-long": `Choose a password of at most ${PASSWORD_MAX_CODE_POINTS} characters`,
      "password-malformed": "This password contains characters we can't store. Choose another",
      "password-common": "This password is too common. Choose one that's harder to guess",
      "password-breached": "This password appeared in a data breach of another service. Choose another",
      "password-contains-email": "Choose a password that doesn't contain your email",
      "password-contains-service": "Choose a password that doesn't contain the name of this service",
      "confirmation-differs": "The passwords don't match",
    } satisfies Record<NewPasswordProblem | "confirmation-differs", string>,
    unverified: "Your email isn't verified yet. If you forget your password, a verified email is the only way back in.",
    verifyIt: "Verify email",
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
    confirmation: "Passwort bestätigen",
    currentPassword: "Aktuelles Passwort",
    currentPasswordHelp: "Wir fragen noch einmal, um sicherzugehen, dass Sie es sind.",
    emailProblems: {
      "email-missing": "Geben Sie Ihre E-Mail-Adresse ein",
      "email-invalid": "Geben Sie eine E-Mail-Adresse wie name@example.com ein",
    },
    currentPasswordProblems: {
      "current-password-missing": "Geben Sie Ihr aktuelles Passwort ein",
      "current-password-wrong": "Falsches Passwort",
    },
    newPasswordProblems: {
      "password-missing": "Wählen Sie ein Passwort",
      "password-too-short": `Wählen Sie ein Passwort mit mindestens ${PASSWORD_MIN_CODE_POINTS} Zeichen`,
      "password-too-long": `Wählen Sie ein Passwort mit höchstens ${PASSWORD_MAX_CODE_POINTS} Zeichen`,
      "password-malformed":
        "Dieses Passwort enthält Zeichen, die nicht gespeichert werden können. Wählen Sie ein anderes",
      "password-common": "Dieses Passwort ist zu verbreitet. Wählen Sie eines, das schwerer zu erraten ist",
      "password-breached":
        "Dieses Passwort ist bei einem Datenleck eines anderen Dienstes bekannt geworden. Wählen Sie ein anderes",
      "password-contains-email": "Wählen Sie ein Passwort, in dem Ihre E-Mail-Adresse nicht vorkommt",
      "password-contains-service": "Wählen Sie ein Passwort, in dem der Name dieses Dienstes nicht vorkommt",
      "confirmation-differs": "Die Passwörter stimmen nicht überein",
    },
    unverified:
      "Ihre E-Mail-Adresse ist noch nicht bestätigt. Wenn Sie Ihr Passwort vergessen, kommen Sie nur mit einer bestätigten E-Mail-Adresse wieder in Ihr Konto.",
    verifyIt: "E-Mail-Adresse bestätigen",
    backToAccount: "Zurück zu Ihrem Konto",
    tooManyEmailChanges: "Zu viele Änderungen der E-Mail-Adresse",
    emailChangesBlockedUntil: (until) => [
      "Ihre letzten Änderungen lassen sich alle noch rückgängig machen. Darum können Sie Ihre E-Mail-Adresse erst wieder ab ",
      until,
      " ändern. Es wurde nichts geändert.",
    ],
  },
});
