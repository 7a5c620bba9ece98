import { translations } from "../../../i18n/language.ts";

export const messages = translations({
  en: {
    title: "Authenticator app",
    lead: "Scan this code with an authenticator app, such as the one in your password manager.",
    qr: "QR code for your authenticator app",
    onThisDevice: "On this device?",
    openApp: "Open your app",
    secret: "Or type this key into the app:",
    prove:
      "Then enter the 6-digit code that the app shows. This turns two-step sign-in on, and signs out all other devices.",
    submit: "Turn on",
    busy: "Turning on...",
    /** While two-step sign-in is on by a passkey. */
    proveOn: "Then enter the 6-digit code that the app shows.",
    submitOn: "Add the app",
    busyOn: "Adding...",
    codeWrong:
      "Wrong code. The QR code changes when the page is loaded: if you scanned an earlier one, scan this one. Also check your phone's clock",
    expired: "This code was shown too long ago. Scan the new one, and remove the old entry from your app.",
    activeLead: "Your authenticator app is set up. It shows the codes for the second step of signing in.",
    addedAt: "Added",
    lastUsed: "Last used",
    never: "Never",
    removeTitle: "Remove the app",
    removeLead: "Codes from the app then no longer work, and all other devices are signed out.",
    removeLast: "It's your last second factor, so this turns two-step sign-in off and removes your recovery codes.",
    remove: "Remove",
    removing: "Removing...",
    notices: {
      "recovery-codes-created": "Your recovery codes are saved. Now set up the app.",
    },
  },
  de: {
    title: "Authenticator-App",
    lead: "Scannen Sie diesen Code mit einer Authenticator-App, zum Beispiel der in Ihrem Passwort-Manager.",
    qr: "QR-Code für Ihre Authenticator-App",
    onThisDevice: "Auf diesem Gerät?",
    openApp: "App öffnen",
    secret: "Oder geben Sie diesen Schlüssel in die App ein:",
    prove:
      "Geben Sie dann den 6-stelligen Code ein, den die App anzeigt. Damit schalten Sie die Anmeldung in zwei Schritten ein, und alle anderen Geräte werden abgemeldet.",
    submit: "Einschalten",
    busy: "Wird eingeschaltet ...",
    proveOn: "Geben Sie dann den 6-stelligen Code ein, den die App anzeigt.",
    submitOn: "App hinzufügen",
    busyOn: "Wird hinzugefügt ...",
    codeWrong:
      "Falscher Code. Der QR-Code ändert sich, wenn die Seite geladen wird: Wenn Sie einen früheren gescannt haben, scannen Sie diesen. Prüfen Sie auch die Uhr Ihres Telefons",
    expired:
      "Dieser Code wurde vor zu langer Zeit angezeigt. Scannen Sie den neuen, und entfernen Sie den alten Eintrag aus Ihrer App.",
    activeLead: "Ihre Authenticator-App ist eingerichtet. Sie zeigt die Codes für den zweiten Schritt der Anmeldung.",
    addedAt: "Hinzugefügt",
    lastUsed: "Zuletzt verwendet",
    never: "Noch nie",
    removeTitle: "App entfernen",
    removeLead: "Codes aus der App funktionieren dann nicht mehr, und alle anderen Geräte werden abgemeldet.",
    removeLast:
      "Sie ist Ihr letzter zweiter Faktor. Darum wird die Anmeldung in zwei Schritten ausgeschaltet, und Ihre Wiederherstellungscodes werden entfernt.",
    remove: "Entfernen",
    removing: "Wird entfernt ...",
    notices: {
      "recovery-codes-created": "Ihre Wiederherstellungscodes sind gespeichert. Richten Sie jetzt die App ein.",
    },
  },
});
