import { encodeTotpSecret } from "../../../src/auth/credentials/totp.ts";
import { open } from "../../../src/auth/secret-keys.ts";
import { totpBinding } from "../../../src/request/second-factors.ts";
import type { AuthenticatorRow } from "../../../src/store/schema.ts";
import { createApp, forgetUsedCodes } from "../../support/authenticator.ts";
import type { Browser } from "../../support/browser.ts";
import { readSecretKeys } from "../../support/secret-keys.ts";
import { readRows, readSessions } from "../snapshot.ts";
import type { Lane } from "./lane.ts";
import { type Answer, FACTOR_TABLES, type Operation, type Scene } from "./operation.ts";
import type { SentMail } from "./post-box.ts";

/** The longest that a response may take, in any state of the stores. */
const ANSWER_MAX_MILLISECONDS = 5_000;

/** Internal details, in lower case: statements, names of keys, stack traces. */
const INTERNALS = ["select ", "insert into", "update users", "delete from", "for update", "errno", "    at "];
const STORE_KEYS = /\b(?:person|window|devices|email):[a-z0-9@*]/;

/** An email in a field, in the header, as the account in a text or in the options of a passkey, and the code in its field. */
const GIVEN_BACK = /(?:value="|<span>|<strong>)[^"<@]+@example\.com|value="\d{8}"|data-passkey="[^"]*"/g;

/**
 * Whether a busy machine may have caused the problem by missing a real deadline. The cell is then run again, by itself,
 * and the problem counts if it occurs again. A disclosed secret always counts.
 */
export function isExcusable(problem: string): boolean {
  return !/^(?:page|log) holds/.test(problem);
}

/** All problems of a response after a fault. `own`: the parts of the address and the form that the page may give back. */
export function checkAnswer(
  answer: Answer,
  milliseconds: number,
  own: readonly (string | undefined)[],
  secrets: readonly string[],
): string[] {
  const { status } = answer;
  const found: string[] = [];
  const expected = (status >= 200 && status < 300) || status === 303 || (status >= 400 && status < 500);
  if (!expected && status !== 503) found.push(`answered ${status}`);
  if (status === 503 && answer.retryAfter === null) found.push("does not say when to try again");
  if (milliseconds > ANSWER_MAX_MILLISECONDS) found.push(`answered after ${Math.round(milliseconds)} ms`);
  // A page may show its owner their own data and the path that they opened. An error page may show neither, but it gives
  // a form back with the typed email or code, below a header with that of the account.
  const text = without(answer.body, own).replace(GIVEN_BACK, "");
  found.push(...findInternals(text, "page"));
  if (status === 503) found.push(...findSecrets(text, secrets, "page"));
  return found;
}

/** A failure must not send anybody another way, for example through a step that they may skip. */
export function checkRedirect({ status, location }: Answer, { leadsTo }: Operation): string[] {
  return status === 303 && leadsTo !== undefined && location !== leadsTo ? [`leads to ${location}`] : [];
}

function without(body: string, parts: readonly (string | undefined)[]): string {
  return parts.reduce<string>((text, part = "") => (part === "" ? text : text.replaceAll(part, "")), body);
}

/** All parts of log lines that must not be logged. */
export function checkLog(lines: readonly string[], secrets: readonly string[]): string[] {
  const text = lines.join("\n");
  return [...findInternals(text, "log"), ...findSecrets(text, secrets, "log")];
}

function findInternals(text: string, where: string): string[] {
  const lower = text.toLowerCase();
  const found = INTERNALS.filter((part) => lower.includes(part)).map((part) => `${where} holds "${part.trim()}"`);
  return STORE_KEYS.test(lower) && where === "log" ? [...found, `${where} holds a key of a store`] : found;
}

function findSecrets(text: string, secrets: readonly string[], where: string): string[] {
  return secrets.filter((secret) => text.includes(secret)).map((secret) => `${where} holds ${JSON.stringify(secret)}`);
}

/** The secrets that only a person, their browser, their mailbox and the service may have. */
export function collectSecrets(
  { browser, facts }: Scene,
  { ending }: Operation,
  mails: readonly SentMail[],
  passwords: readonly string[],
): string[] {
  // Of `<userId>.<secret>`, only the second part is secret. The first part may be logged.
  const secretOf = (value: string) => value.split(".").at(-1) ?? "";
  const cookies = [...browser.cookies.values()].map(secretOf);
  const mailed = mails.flatMap(({ text }) =>
    (text.match(/\b(?:[a-z0-9]{40}|\d{4} \d{4})\b/g) ?? []).map((secret) => secret.replace(" ", "")),
  );
  const known = Object.values(facts).flatMap((fact) => fact.split("/").map(secretOf));
  const people = ending === null ? [] : [ending.email, ending.password, ...(ending.not ?? [])];
  const all = [...cookies, ...mailed, ...known, ...people, ...passwords, "@example.com"];
  return [...new Set(all.filter((text) => text.length >= 8 && !/^[a-z-]+$/.test(text)))];
}

/** All inconsistencies in the stores. `isHarmed`: whether a call has failed. */
export async function checkStores(
  lane: Lane,
  { ending, factors: expected = {}, over = [] }: Operation,
  isHarmed: boolean,
): Promise<string[]> {
  const { users, keys, one_time_tokens, account_events, reserved_emails, outbox, passkeys, ...factors } =
    await readRows(lane.gatehouse);
  const { authenticators, recovery_codes, trusted_devices } = factors;
  const found: string[] = [];
  for (const table of FACTOR_TABLES) {
    const counts = [expected[table] ?? 0].flat();
    const { length } = { passkeys, ...factors }[table];
    if (!(isHarmed ? counts : counts.slice(0, 1)).includes(length)) found.push(`${table} has ${length} rows`);
  }
  const epochs = new Map(users.map((user) => [user["id"], Number(user["session_epoch"])]));
  if (new Set(users.map((user) => user["email"])).size !== users.length) found.push("two users have one address");
  for (const { id, email, two_step_at } of users) {
    const ofUser = (row: { readonly [name: string]: unknown }) => row["user_id"] === id;
    if (two_step_at !== null && ![...passkeys, ...authenticators].some(ofUser)) found.push("no second factor is left");
    const own = keys.filter((key) => key["user_id"] === id && key["hashed_password"] !== null);
    if (own.length !== 1 || own[0]?.["id"] !== `email:${email}`)
      found.push(`a user has ${own.length} keys of their own`);
  }
  const passkeyIds = passkeys.map(({ id }) => id).toSorted();
  const passkeyKeys = keys.filter(({ id }) => String(id).startsWith("passkey:"));
  if (
    passkeyKeys
      .map(({ id }) => id)
      .toSorted()
      .join() !== passkeyIds.join()
  )
    found.push("a passkey has no key");
  for (const { id, user_id, hashed_password } of keys) {
    if (!epochs.has(user_id ?? "")) found.push("a key has no user");
    if (hashed_password === null && !passkeyIds.includes(id ?? "")) found.push("a key has no password");
  }
  for (const { subject } of one_time_tokens.filter(({ purpose }) => purpose === "undo-email")) {
    if (!reserved_emails.some(({ email }) => email === subject))
      found.push("a link undoes a change to no reserved email");
  }
  const notices = outbox.filter(({ kind }) => kind !== "account-deleted");
  for (const { user_id } of [
    ...one_time_tokens,
    ...account_events,
    ...reserved_emails,
    ...notices,
    ...passkeys,
    ...authenticators,
    ...recovery_codes,
    ...trusted_devices,
  ]) {
    if (user_id !== null && !epochs.has(user_id ?? "")) found.push("something is left of a user who is gone");
  }
  for (const { userId, epoch } of await readSessions(lane.gatehouse)) {
    const now = epochs.get(userId);
    // If Redis fails, sessions of a deleted account may remain. `checkWaysIn` checks that they cannot be used.
    const mayBeLeft = ending === null || over.length > 0;
    if (now === undefined ? !mayBeLeft : epoch > now) found.push("a session belongs to nobody or to the future");
  }
  if (ending === null ? users.length > 0 : !users.some(({ email }) => email === ending.email)) {
    found.push(`the accounts are ${JSON.stringify(users.map(({ email }) => email))}`);
  }
  return found;
}

/** Checks that only the right password signs in, and that no revoked session is active. */
export async function checkWaysIn(lane: Lane, { ending, over = [] }: Operation, { facts }: Scene): Promise<string[]> {
  const found: string[] = [];
  for (const name of over) {
    const thief = lane.gatehouse.browser();
    thief.cookies.set("gatehouse", facts[name] ?? "");
    const { status } = await thief.open("/app");
    if (status !== 303) found.push(`with the cookie "${name}", which is over, /app answers ${status}`);
  }
  if (ending === null) return found;
  const { email, password, not = [], waiting } = ending;
  for (const wrong of not) {
    const { status } = await lane.post(lane.gatehouse.browser(), "/auth/signin", { email, password: wrong });
    if (status !== 401) found.push(`the password ${JSON.stringify(wrong)} is answered with ${status}`);
  }
  if (waiting !== undefined) {
    const stranger = lane.gatehouse.browser();
    await lane.post(stranger, "/auth/signin", { email, password: waiting });
    if ((await stranger.open("/app")).status !== 303) found.push("a sign-up that waits lets somebody in");
  }
  const browser = lane.gatehouse.browser();
  const signin = await lane.post(browser, "/auth/signin", { email, password });
  if (signin.status !== 303) return [...found, `signing in is answered with ${signin.status}`];
  if (signin.location?.startsWith("/auth/second-step")) return [...found, ...(await takeSecondStep(lane, browser))];
  // If verification is required and is not done yet, sign-in redirects to the page for the code.
  const inside = await browser.open(lane.mode === "required" ? (signin.location ?? "") : "/app");
  return inside.status === 200 ? found : [...found, `a browser that has signed in is answered with ${inside.status}`];
}

/** Completes a sign-in with a code of the app. Without an app, the page asks for a passkey. */
async function takeSecondStep({ gatehouse, post }: Lane, browser: Browser): Promise<string[]> {
  await forgetUsedCodes(gatehouse);
  const { rows } = await gatehouse.database.execute<AuthenticatorRow>("select * from authenticators");
  const [row] = rows;
  if (row === undefined) {
    const { status } = await browser.open("/auth/second-step");
    return status === 200 ? [] : [`the page of the second step is answered with ${status}`];
  }
  const opened = await open(readSecretKeys(), "totp", totpBinding(row.user_id), row.secret);
  const code = createApp(encodeTotpSecret(opened?.bytes ?? new Uint8Array())).code();
  const { status } = await post(browser, "/auth/second-step", { code });
  return status === 303 ? [] : [`the second step is answered with ${status}`];
}
