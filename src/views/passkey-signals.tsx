/**
 * What the script tells the browser's password managers about passkeys: the arguments of static methods of
 * PublicKeyCredential by their names (https://www.w3.org/TR/webauthn-3/#sctn-signal-methods).
 */
export interface Signals {
  /** The passkey was removed from its account, and can be deleted. */
  readonly signalUnknownCredential?: { readonly rpId: string; readonly credentialId: string };
  /** All others of the account can be deleted. */
  readonly signalAllAcceptedCredentials?: {
    readonly rpId: string;
    readonly userId: string;
    readonly allAcceptedCredentialIds: readonly string[];
  };
  readonly signalCurrentUserDetails?: {
    readonly rpId: string;
    readonly userId: string;
    readonly name: string;
    readonly displayName: string;
  };
}

export function PasskeySignals({ signals }: { signals: Signals }) {
  return <div hidden data-signals={JSON.stringify(signals)} />;
}
