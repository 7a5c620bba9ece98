import type { Browser } from "../../support/browser.ts";
import { ADA } from "../../support/people.ts";
import type { Lane, Mode } from "./lane.ts";

/** As a person or a machine has it. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly location: string | null;
  readonly requestId: string | null;
  readonly retryAfter: string | null;
}

/** Where an operation begins: a browser, and what whoever sits there knows, such as a link that was mailed. */
export interface Scene {
  readonly browser: Browser;
  readonly facts: Readonly<Record<string, string>>;
}

/** Who can sign in when all is over, and with what. */
export interface Ending {
  readonly email: string;
  readonly password: string;
  /** What must not let anyone in any more. */
  readonly not?: readonly string[];
  /** What a sign-up that waits was made with: it leads to where its code is asked for, and lets nobody in. */
  readonly waiting?: string;
}

/** One thing that is done with the service, in one of the states in which it asks for different things. */
export interface Operation {
  readonly name: string;
  readonly mode?: Mode;
  readonly arrange: (lane: Lane) => Promise<Scene>;
  /** With what it is answered when nothing fails; done, unless this says otherwise. */
  readonly unharmed?: readonly number[];
  readonly act: (lane: Lane, scene: Scene) => Promise<Answer>;
  /** What its form makes a person do who was told that it failed; the same once more where this is absent. */
  readonly again?: (lane: Lane, scene: Scene) => Promise<Answer>;
  /** What is left to do before the account can be used, whatever went wrong: read a mail, or ask for another. */
  readonly finish?: (lane: Lane, scene: Scene) => Promise<void>;
  /** Null: nobody has an account then. */
  readonly ending: Ending | null;
  /** Facts that are cookies of sessions which must be over then. */
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

/** Of whoever is not Ada. */
export const OTHER_PASSWORD = "another engine 1834";
export const TAKEN = { ...ADA.signup, password: OTHER_PASSWORD, passwordConfirmation: OTHER_PASSWORD };

/** Ada as she was. */
export const AS_BEFORE: Ending = { email: ADA.email, password: ADA.password };

export const opens =
  (path: string) =>
  async (_: Lane, { browser }: Scene) =>
    toAnswer(await browser.open(path));

export const posts =
  (path: string, fields: Readonly<Record<string, string>> = {}) =>
  async (lane: Lane, { browser }: Scene) =>
    toAnswer(await lane.post(browser, path, fields));

/** The same where the path is what a mail has said. */
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

/** The path of the link in a mail. */
export function linkOf(text: string, prefix: string): string {
  const [href = ""] = text.match(/https:\S+/g)?.filter((each) => new URL(each).pathname.startsWith(prefix)) ?? [];
  return href === "" ? "" : new URL(href).pathname;
}

export function codeOf(text: string): string {
  return /^\d{8}$/m.exec(text)?.[0] ?? "";
}
