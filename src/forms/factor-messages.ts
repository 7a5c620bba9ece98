import { translations } from "../i18n/language.ts";
import type { Children } from "../views/jsx-runtime.ts";
import type { CodeProblem } from "./mailed-code.ts";

/** Why a form with a second factor is refused. */
export type FactorProblem =
  | "code-missing"
  | "code-malformed"
  | "code-wrong"
  | "code-used"
  | "recovery-code-missing"
  | "recovery-code-wrong"
  | "passkey-refused"
  | "passkey-missing";

/** Labels and errors of the fields for factors. */
export const messages = translations({
  en: {
    code: "6-digit code",
    codeHelp: "Open your authenticator app to see it.",
    codeOrRecoveryCode: "6-digit code or recovery code",
    codeOrRecoveryCodeHelp: "From your authenticator app, or one of the recovery codes you saved.",
    recoveryCode: "Recovery code",
    recoveryCodeHelp: "One of the codes you saved. Each works once. Dashes and case don't matter.",
    usePasskey: "Use a passkey",
    asksForPasskey: "When you press the button, we ask for your passkey.",
    useRecoveryCode: "Use a recovery code",
    noApp: "Can't use your app?",
    noPasskey: "Can't use your passkey?",
    useCode: "Use your authenticator app",
    noFactor: "Your account has no password or passkey yet, so we email you a code to make sure it's you.",
    mailedCode: "8-digit code from our email",
    mailedCodeSent: (email: Children): Children => ["We sent an 8-digit code to ", email, "."],
    sendCode: "Email me a code",
    sending: "Sending...",
    sendAnotherCode: "Send a new code",
    mailedCodeProblems: {
      missing: "Enter the code from our email",
      malformed: "Enter all 8 digits",
      wrong: "That code is wrong. Check our latest email, or get a new code",
      "attempts-exhausted": "Too many wrong codes. Get a new one",
      expired: "This code is older than 10 minutes. Get a new one",
      gone: "This code no longer works. Get a new one",
    } satisfies Record<CodeProblem, string>,
    problems: {
      "code-missing": "Enter the 6-digit code from your app",
      "code-malformed": "Enter all 6 digits",
      "code-wrong": "Wrong code. Check that your phone's clock is right, and enter the code that's shown now",
      "code-used": "This code was already used. Wait for the next one",
      "recovery-code-missing": "Enter a recovery code",
      "recovery-code-wrong": "This recovery code doesn't work. It may be mistyped or used",
      "passkey-refused": "This passkey doesn't work here. Try again, or use another way",
      "passkey-missing": "Use your passkey. This needs JavaScript in your browser",
    } satisfies Record<FactorProblem, string>,
  },
  de: {
    code: "6-stelliger Code",
    codeHelp: "Sie finden ihn in Ihrer Authenticator-App.",
    codeOrRecoveryCode: "6-stelliger Code oder Wiederherstellungscode",
    codeOrRecoveryCodeHelp: "Aus Ihrer Authenticator-App oder einer der gespeicherten Wiederherstellungscodes.",
    recoveryCode: "Wiederherstellungscode",
    recoveryCodeHelp:
      "Einer der Codes, die Sie gespeichert haben. Jeder gilt einmal. Bindestriche und Groß- oder Kleinschreibung spielen keine Rolle.",
    usePasskey: "Passkey verwenden",
    asksForPasskey: "Wenn Sie auf den Knopf drücken, fragen wir nach Ihrem Passkey.",
    useRecoveryCode: "Wiederherstellungscode verwenden",
    noApp: "Die App ist nicht zur Hand?",
    noPasskey: "Der Passkey ist nicht zur Hand?",
    useCode: "Authenticator-App verwenden",
    noFactor:
      "Ihr Konto hat noch kein Passwort und keinen Passkey. Darum senden wir Ihnen einen Code per E-Mail, um sicher zu sein, dass Sie es sind.",
    mailedCode: "8-stelliger Code aus unserer E-Mail",
    mailedCodeSent: (email) => ["Wir haben einen 8-stelligen Code an ", email, " gesendet."],
    sendCode: "Code per E-Mail anfordern",
    sending: "Wird gesendet ...",
    sendAnotherCode: "Neuen Code senden",
    mailedCodeProblems: {
      missing: "Geben Sie den Code aus unserer E-Mail ein",
      malformed: "Geben Sie alle 8 Ziffern ein",
      wrong: "Dieser Code ist falsch. Sehen Sie in unserer neuesten E-Mail nach, oder fordern Sie einen neuen Code an",
      "attempts-exhausted": "Zu viele falsche Codes. Fordern Sie einen neuen an",
      expired: "Dieser Code ist älter als 10 Minuten. Fordern Sie einen neuen an",
      gone: "Dieser Code gilt nicht mehr. Fordern Sie einen neuen an",
    },
    problems: {
      "code-missing": "Geben Sie den 6-stelligen Code aus Ihrer App ein",
      "code-malformed": "Geben Sie alle 6 Ziffern ein",
      "code-wrong":
        "Falscher Code. Prüfen Sie, ob die Uhr Ihres Telefons richtig geht, und geben Sie den aktuellen Code ein",
      "code-used": "Dieser Code wurde schon verwendet. Warten Sie auf den nächsten",
      "recovery-code-missing": "Geben Sie einen Wiederherstellungscode ein",
      "recovery-code-wrong": "Dieser Code funktioniert nicht. Vielleicht ist er falsch getippt oder schon verwendet",
      "passkey-refused": "Dieser Passkey funktioniert hier nicht. Versuchen Sie es noch einmal oder auf anderem Weg",
      "passkey-missing": "Verwenden Sie Ihren Passkey. Dafür muss JavaScript in Ihrem Browser eingeschaltet sein",
    },
  },
});
