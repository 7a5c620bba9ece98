import { AuthenticatorEmulator, PasskeysCredentialsMemoryRepository, WebAuthnEmulator } from "nid-webauthn-emulator";
import type { Browser, Page } from "./browser.ts";

/** The origin of the tests' Worker, which passkeys are made for. */
const ORIGIN = "https://gatehouse.test";

/** An authenticator with its passkeys. */
export class Authenticator {
  readonly #emulator: WebAuthnEmulator;

  /** `signCounterIncrement`: how much its counter rises with each use; 0 for a synced passkey, which has none. */
  constructor({ signCounterIncrement = 1 }: { readonly signCounterIncrement?: number } = {}) {
    const credentialsRepository = new PasskeysCredentialsMemoryRepository();
    this.#emulator = new WebAuthnEmulator(new AuthenticatorEmulator({ credentialsRepository, signCounterIncrement }));
  }

  /** Creates a passkey for the options of a button. Returns the value of the field `credential`. */
  create(options: string, origin = ORIGIN): string {
    return JSON.stringify(this.#emulator.createJSON(origin, JSON.parse(options)));
  }

  /** Uses a passkey for the options of a button. Returns the value of the field `credential`. */
  get(options: string, origin = ORIGIN): string {
    return JSON.stringify(this.#emulator.getJSON(origin, JSON.parse(options)));
  }
}

/** The options that the only button for a passkey in a form gives to the browser. */
export function passkeyOptions(page: Page, action: string): string {
  const buttons = page.form(action).querySelectorAll("button[data-passkey]");
  const [options] = buttons.map((button) => button.getAttribute("data-passkey"));
  if (buttons.length !== 1 || options === undefined) throw new Error(`${action} has ${buttons.length} such buttons`);
  return options;
}

/** Adds a passkey to the account that `browser` is signed in to. */
export async function addPasskey(
  browser: Browser,
  authenticator = new Authenticator(),
  name = "",
): Promise<Authenticator> {
  const page = await browser.open("/app/account/passkeys/new");
  const credential = authenticator.create(passkeyOptions(page, "/app/account/passkeys"));
  const answer = await browser.submit(page, "/app/account/passkeys", { credential, name });
  if (answer.status !== 303) throw new Error(`Adding a passkey answered ${answer.status}: ${answer.text}`);
  return authenticator;
}

/** Signs in with a passkey. Returns the answer. */
export async function signInWithPasskey(
  browser: Browser,
  authenticator: Authenticator,
  path = "/auth/signin",
): Promise<Page> {
  const page = await browser.open(path);
  const credential = authenticator.get(passkeyOptions(page, "/auth/passkey"));
  return browser.submit(page, "/auth/passkey", { credential });
}

/** The HTML of a page without the challenges of passkeys, which are different each time. */
export function withoutChallenges(html: string): string {
  return html.replaceAll(/challenge&quot;:&quot;[\w-]{48}/g, "challenge");
}
