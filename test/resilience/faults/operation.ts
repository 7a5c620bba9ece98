import type { Browser } from "../../support/browser.ts";
import { ADA } from "../../support/people.ts";
import type { Lane, Mode } from "./lane.ts";

/** The parts of a response that a person or a client can see. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly location: string | null;
  readonly requestId: string | null;
  readonly retryAfter: string | null;
}

/** The state in which an operation begins: a browser, and the facts that its user knows, for example a mailed link. */
export interface Scene {
  readonly browser: Browser;
  readonly facts: Readonly<Record<string, string>>;
}

/** The account that must be able to sign in at the end, and its password. */
export interface Ending {
  readonly email: string;
  readonly password: string;
  /** Passwords that must not sign in any more. */
  readonly not?: readonly string[];
  /** The password of a pending sign-up. It leads to the page for the code and does not sign in. */
  readonly waiting?: string;
}

/** The tables of factors, and of the devices that stand for one. */
export const FACTOR_TABLES = ["passkeys", "authenticators", "recovery_codes", "trusted_devices"] as const;

/** Numbers of rows. Of several, the first is the one if no call fails, and after a failure any of them is right. */
export type Factors = Partial<
  Readonly<Record<(typeof FACTOR_TABLES)[number], number | readonly [number, ...number[]]>>
>;

/** An operation in one of the states in which it makes different calls. */
export interface Operation {
  readonly name: string;
  readonly mode?: Mode;
  readonly arrange: (lane: Lane) => Promise<Scene>;
  /** The expected statuses when no call fails. By default, those of success. */
  readonly unharmed?: readonly number[];
  readonly act: (lane: Lane, scene: Scene) => Promise<Answer>;
  /** The request that a person sends after an error page. By default, the same operation again. */
  readonly again?: (lane: Lane, scene: Scene) => Promise<Answer>;
  /** The steps until the account can be used, whatever has failed: read a message, or request another. */
  readonly finish?: (lane: Lane, scene: Scene) => Promise<void>;
  /** Null if no account must exist at the end. */
  readonly ending: Ending | null;
  /** The factors in the stores at the end, after a retry as well. Of a table that is absent there must be no row. */
  readonly factors?: Factors;
  /** Where every redirect of the operation leads. If absent, anywhere. */
  readonly leadsTo?: string;
  /** The names of the facts that are cookies of sessions that must have ended. */
  readonly over?: readonly string[];
}

export const ACCOUNT = "/app/account";
export const VERIFY = "/auth/verify-email";
export const FORGOT = "/auth/forgot-password";
export const RESET = "/auth/reset-password";
export const CONFIRM = "/auth/confirm-email";
export const UNDO = "/auth/undo-email";

export const NEW_EMAIL = "lovelace@example.com";
export const NEW_PASSWORD = "difference engine 1822";
export const FRESH = { password: NEW_PASSWORD, passwordConfirmation: NEW_PASSWORD };
export const CURRENT = { currentPassword: ADA.password };

/** The password of a person other than Ada. */
export const OTHER_PASSWORD = "another engine 1834";
export const TAKEN = { ...ADA.signup, password: OTHER_PASSWORD, passwordConfirmation: OTHER_PASSWORD };

/** Ada's account is unchanged. */
export const AS_BEFORE: Ending = { email: ADA.email, password: ADA.password };

export const opens =
  (path: string) =>
  async (_: Lane, { browser }: Scene) =>
    toAnswer(await browser.open(path));

export const posts =
  (path: string, fields: Readonly<Record<string, string>> = {}) =>
  async (lane: Lane, { browser }: Scene) =>
    toAnswer(await lane.post(browser, path, fields));

/** Opens the path of the mailed link. */
export const opensLink = async (_: Lane, { browser, facts }: Scene) =>
  toAnswer(await browser.open(facts["link"] ?? ""));

export const postsLink =
  (fields: Readonly<Record<string, string>> = {}) =>
  async (lane: Lane, { browser, facts }: Scene) =>
    toAnswer(await lane.post(browser, facts["link"] ?? "", fields));

export function toAnswer({ status, body, location, headers }: Awaited<ReturnType<Browser["open"]>>): Answer {
  return {
    status,
    body,
    location,
    requestId: headers.get("X-Request-Id"),
    retryAfter: headers.get("Retry-After"),
  };
}

/** The path of the link in a message. An empty string if there is none. */
export function linkOf(text: string, prefix: string): string {
  const [href = ""] = text.match(/https:\S+/g)?.filter((each) => new URL(each).pathname.startsWith(prefix)) ?? [];
  return href === "" ? "" : new URL(href).pathname;
}

export function codeOf(text: string): string {
  return /^\d{4} \d{4}$/m.exec(text)?.[0].replace(" ", "") ?? "";
}
