import { isLoopbackHttp } from "../http/origin.ts";
import { lowerCaseAscii } from "../http/text.ts";
import { toAsciiEmail } from "../i18n/email-syntax.ts";

/**
 * The value of a variable, or the reason why it is invalid. A fault may repeat an origin, a URL scheme or a word of a
 * closed list. It repeats no other text, which may be a secret in the wrong variable.
 */
export type ParseResult<T> = { readonly value: T } | Fault;

export interface Fault {
  /** The predicate of a sentence that starts with "It". */
  readonly problem: string;
  /** How to fix this problem, if there is more to say than how to set the variable. */
  readonly remedy?: string;
}

/**
 * The login for `@planetscale/database`. With `host`, that client always uses https. With `url`, it reads the login
 * from the URL.
 */
export type DatabaseLogin =
  | { readonly host: string; readonly username: string; readonly password: string }
  | { readonly url: string };

/**
 * `required` means that people can sign in only after their email is verified, and that no response reveals whether an
 * email has an account.
 */
export type EmailVerification = "optional" | "required";

/** A secret key of the service. Other keys are derived from it. */
export interface SecretKey {
  /** Names the key in what it has sealed. */
  readonly id: string;
  /** 32 random bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The first key seals, and all of them open, so that keys can be replaced one after the other. */
export type SecretKeys = readonly [SecretKey, ...SecretKey[]];

export interface Sender {
  /** The display name, not encoded, in any script, without control characters. Each sender encodes it. */
  readonly name: string;
  /** The email, in ASCII. */
  readonly email: string;
}

/** A sender of which the configuration may leave out the name. Then it is null, and the name of the brand is sent. */
export type MailFrom = Pick<Sender, "email"> & { readonly name: string | null };

const STRAY_CHARACTERS: readonly (readonly [pattern: RegExp, problem: string])[] = [
  [/^[\r\n]/, "starts with a line break"],
  [/[\r\n]$/, "ends with a line break"],
  [/^\s/, "starts with white space"],
  [/\s$/, "ends with white space"],
  [/^\p{Cf}/u, "starts with an invisible character, such as a byte order mark"],
  [/\p{Cf}$/u, "ends with an invisible character, such as a zero-width space"],
];

/** Finds characters that were copied along with the value of a variable. Returns null if there are none. */
export function findStrayCharacters(variable: string, text: string): Fault | null {
  if (/^\s*$/.test(text)) return { problem: "contains only white space" };
  const [, problem] = STRAY_CHARACTERS.find(([pattern]) => pattern.test(text)) ?? [];
  if (problem !== undefined) return { problem, remedy: "Remove only those characters." };
  if (/^(["'`]).*\1$/s.test(text) || /^[“„«].*[”“»]$/s.test(text)) {
    return { problem: "has quotes around it that are part of the value", remedy: "Remove the quotes." };
  }
  if (text.startsWith(`${variable}=`) || text.startsWith(`export ${variable}=`)) {
    return { problem: "starts with its own name", remedy: "Keep only the text after the equals sign." };
  }
  return null;
}

const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//;

function schemeOf(text: string): string | null {
  const [, scheme] = SCHEME.exec(text) ?? [];
  return scheme === undefined ? null : lowerCaseAscii(scheme);
}

const DATABASE_FORM = "does not have the form mysql://<user>:<password>@<host>/<database>";

/** Parses a connection string of PlanetScale. `http://` is allowed only for a loopback host. */
export function parseDatabaseUrl(text: string): ParseResult<DatabaseLogin> {
  const scheme = schemeOf(text);
  if (scheme === null) return { problem: `${DATABASE_FORM}: mysql:// is missing` };
  if (scheme === "postgres" || scheme === "postgresql") {
    const remedy = "Use the connection string of PlanetScale's MySQL database.";
    return { problem: "is a connection string for PostgreSQL", remedy };
  }
  if (!["mysql", "https", "http"].includes(scheme)) return { problem: "must start with mysql:// or https://" };
  if (!URL.canParse(text)) return describeUnreadableDatabaseUrl(text);
  const url = new URL(text);
  const parts = { user: url.username, password: url.password, host: url.hostname };
  const [missing] = Object.entries(parts).find(([, part]) => part === "") ?? [];
  // An unencoded / in the password ends the host early. The path then contains the @.
  if (missing !== undefined && url.pathname.includes("@")) return describeUnreadableDatabaseUrl(text);
  if (missing !== undefined) return { problem: `${DATABASE_FORM}: the ${missing} is missing` };
  if (isLoopbackHttp(url)) return { value: { url: text } };
  if (scheme === "http") {
    return { problem: "must start with mysql:// or https://; http:// would send the password unencrypted" };
  }
  try {
    // Drops the port of MySQL's own protocol, because the client uses https.
    const host = scheme === "mysql" && url.port === "3306" ? url.hostname : url.host;
    return { value: { host, username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) } };
  } catch {
    const remedy = "In the user name and the password, write each % that is part of the text as %25.";
    return { problem: "contains an invalid percent-encoding", remedy };
  }
}

function describeUnreadableDatabaseUrl(text: string): Fault {
  const authority = text.replace(SCHEME, "");
  const end = authority.search(/[/?#]/);
  if (end >= 0 && authority.includes("@", end)) {
    const remedy = "In the user name and the password, write / as %2F, ? as %3F and # as %23.";
    return { problem: "contains an unencoded /, ? or # before the @", remedy };
  }
  return { problem: DATABASE_FORM };
}

/** Parses the base URL of a service. Returns it without a trailing slash, so that a path can be appended. */
export function parseServiceUrl(text: string): ParseResult<string> {
  const scheme = schemeOf(text);
  if (scheme === "redis" || scheme === "rediss") {
    const remedy = "Use the REST URL, which starts with https://. Upstash's console shows both.";
    return { problem: `is the URL for Redis clients (${scheme}://)`, remedy };
  }
  if (scheme === null && URL.canParse(`https://${text}`)) return { problem: "does not start with https://" };
  if (scheme === null || !URL.canParse(text)) return { problem: "is not a URL" };
  const url = new URL(text);
  if (scheme !== "https" && !isLoopbackHttp(url)) return { problem: `must start with https://, not ${scheme}://` };
  if (url.username || url.password) return { problem: "must not contain a user name or password" };
  if (/[?#]/.test(text)) return { problem: "must not contain ? or #" };
  return { value: text.replace(/\/$/, "") };
}

export function parseResendUrl(text: string): ParseResult<string> {
  if (/\/emails\/?$/.test(text)) return { problem: "must not end with /emails" };
  return parseServiceUrl(text);
}

export function parseToken(text: string): ParseResult<string> {
  if (schemeOf(text) !== null) return { problem: "is a URL, not a token" };
  if (/^bearer\s/i.test(text)) return { problem: "starts with Bearer", remedy: "Keep only the token after it." };
  if (/\s/.test(text)) return { problem: "contains white space" };
  return /^[\x21-\x7e]+$/.test(text)
    ? { value: text }
    : { problem: "contains characters that are not printable ASCII" };
}

export function parsePublicOrigin(text: string, local: boolean): ParseResult<string> {
  const scheme = schemeOf(text);
  const withScheme = scheme === null ? `https://${text}` : text;
  if (!URL.canParse(withScheme) || (scheme !== null && scheme !== "https" && scheme !== "http")) {
    return { problem: "is not an origin such as https://accounts.example.com" };
  }
  const url = new URL(withScheme);
  const isLoopback = isLoopbackHttp(url);
  const origin = `${isLoopback ? "http" : "https"}://${url.host.replace(/\.(?=:|$)/, "")}`;
  if (isLoopback && !local) return { problem: "names a loopback host, which only works on a developer's machine" };
  if (text === origin) return { value: text };
  const problems = describeOriginProblems(text, url, isLoopback);
  if (problems.length === 0) problems.push("is not in the form that browsers use");
  // A text that does not look like a host may be a secret, so the remedy does not repeat it.
  const isSafeToShow = scheme !== null || HOST_WITHOUT_SCHEME.test(text);
  const remedy = isSafeToShow ? `Write ${origin}` : "Put https:// in front of the host.";
  return { problem: problems.join(" and "), remedy };
}

const HOST_WITHOUT_SCHEME = /^(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,24})(?::\d+)?\/?$/;

function describeOriginProblems(text: string, url: URL, isLoopback: boolean): string[] {
  const scheme = schemeOf(text);
  const withoutScheme = text.replace(SCHEME, "");
  const [authority = ""] = withoutScheme.split(/[/?#]/, 1);
  const host = authority.replace(/^.*@/, "").replace(/:\d*$/, "");
  const checks: [boolean, string][] = [
    [scheme === null, "does not start with https://"],
    [scheme === "http" && !isLoopback, "starts with http:// instead of https://"],
    [/[A-Z]/.test(text.slice(0, text.length - withoutScheme.length) + host), "contains a capital letter"],
    [/[^\0-\x7f]/.test(host), "has a host that is not in ASCII"],
    [host.endsWith("."), "has a dot after the host"],
    [authority.includes("@"), "contains a user name or password"],
    [/:\d*$/.test(authority) && url.port === "", "contains the default port"],
    [url.pathname !== "/", "has a path"],
    [url.pathname === "/" && withoutScheme.startsWith("/", authority.length), "has a slash after the host"],
    [/[?#]/.test(text), "contains ? or #"],
  ];
  return checks.filter(([applies]) => applies).map(([, problem]) => problem);
}

/**
 * Parses one of a few words. If only the case is wrong, or the text is one of `aliases`, the remedy names the correct
 * word.
 */
function parseWord<Word extends string>(
  text: string,
  words: readonly Word[],
  aliases: Readonly<Record<string, Word>> = {},
): ParseResult<Word> {
  const lower = lowerCaseAscii(text);
  const word =
    words.find((allowed) => allowed === lower) ?? (Object.hasOwn(aliases, lower) ? aliases[lower] : undefined);
  if (word === text) return { value: word };
  const list = words.map((allowed) => `"${allowed}"`).join(" or ");
  if (word === undefined) return { problem: `is not ${list}` };
  const problem = word === lower ? "contains a capital letter" : `is not ${list}`;
  return { problem, remedy: `Write "${word}".` };
}

export function parseEmailVerification(text: string): ParseResult<EmailVerification> {
  return parseWord(text, ["optional", "required"]);
}

export function parseMailSender(text: string): ParseResult<"cloudflare" | "resend"> {
  return parseWord(text, ["cloudflare", "resend"]);
}

export function parseSwitch(text: string): ParseResult<boolean> {
  const aliases = { true: "on", yes: "on", "1": "on", false: "off", no: "off", "0": "off" } as const;
  const word = parseWord(text, ["on", "off"], aliases);
  return "value" in word ? { value: word.value === "on" } : word;
}

/** Parses a whole number from 1 to 999,999,999. */
export function parseCount(text: string): ParseResult<number> {
  if (/^[1-9]\d{0,8}$/.test(text)) return { value: Number(text) };
  const remedy = "Use only digits, such as 300.";
  if (/^[1-9]\d*$/.test(text)) return { problem: "is larger than 999999999" };
  if (/^-|^0+$/.test(text)) return { problem: "is less than 1" };
  if (/^0\d+$/.test(text)) return { problem: "starts with a zero", remedy };
  return { problem: "contains characters other than digits", remedy };
}

/** Parses the URL of the breach check, or "off": the value is then null. */
export function parseBreachedPasswords(text: string): ParseResult<{ readonly url: string } | null> {
  if (text === "off") return { value: null };
  if (lowerCaseAscii(text) === "off") return { problem: "contains a capital letter", remedy: 'Write "off".' };
  if (/\/range\/?$/.test(text)) return { problem: "must not end with /range" };
  const url = parseServiceUrl(text);
  return "value" in url ? { value: { url: url.value } } : { ...url, problem: `${url.problem}, and it is not "off"` };
}

/** With a name of this length in any script, the encoded header still fits into one line (RFC 5322, 2.1.1). */
const SENDER_NAME_MAX_CHARACTERS = 128;

/** Parses `Name <email>` or an email alone. The name is not encoded, and may be in quotes. Each sender encodes it. */
export function parseMailFrom(text: string, local: boolean): ParseResult<MailFrom> {
  // Checks this first, because a line break could start another header.
  if (/[\p{Cc}\u2028\u2029]/u.test(text)) return { problem: "contains a line break or another control character" };
  if (!text.isWellFormed()) return { problem: "contains an incomplete character (an unpaired surrogate)" };
  const mailbox = toAsciiEmail(text) === null ? text : `<${text}>`;
  const [, phrase, emailText] = /^(.*?)[ \t]*<([^<>]*)>$/.exec(mailbox) ?? [];
  if (phrase === undefined || emailText === undefined) return describeUnreadableMailFrom(text);
  if (/<[^<>@]+@[^<>@]+>/.test(phrase)) return { problem: "contains more than one email", remedy: MAIL_FROM_EXAMPLE };
  const name = unquote(phrase);
  const email = toAsciiEmail(emailText);
  if (email === null) return { problem: "has no valid email between < and >" };
  if (name.length > SENDER_NAME_MAX_CHARACTERS) {
    return { problem: `has a name longer than ${SENDER_NAME_MAX_CHARACTERS} characters` };
  }
  if (/=\?[^?]*\?[bq]\?[^?]*\?=/i.test(name)) {
    return {
      problem: "has an encoded name (=?…?=)",
      remedy: "Write the name as people read it. Gatehouse encodes it.",
    };
  }
  if (email.endsWith("@example.com") && !local) return { problem: "still uses the example domain example.com" };
  return { value: { name: name === "" ? null : name, email } };
}

const MAIL_FROM_EXAMPLE = "Write an email, or a name and then the email in < and >: Accounts <accounts@example.org>";

function describeUnreadableMailFrom(text: string): Fault {
  const remedy = MAIL_FROM_EXAMPLE;
  if (/<[^<>]*$/.test(text)) return { problem: "has no closing >", remedy };
  if (/<[^<>]*>/.test(text)) return { problem: "has text after the >", remedy };
  return { problem: "is neither an email nor of the form Name <email>", remedy };
}

/** Removes the quotes and escapes of a quoted string (RFC 5322, 3.2.4). Returns any other text unchanged. */
function unquote(phrase: string): string {
  const [, quoted] = /^"((?:[^"\\]|\\.)*)"$/.exec(phrase) ?? [];
  return quoted === undefined ? phrase : quoted.replace(/\\(.)/g, "$1");
}

const REMEMBER_DEVICE_DAYS_MAX = 365;

/** Parses a number of days from 0 to 365. */
export function parseRememberDeviceDays(text: string): ParseResult<number> {
  const days = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  return days <= REMEMBER_DEVICE_DAYS_MAX
    ? { value: days }
    : { problem: `is not a number of days from 0 to ${REMEMBER_DEVICE_DAYS_MAX}` };
}

/** Parses a domain in lower-case ASCII, such as `example.com` or `localhost`. */
export function parseDomain(text: string): ParseResult<string> {
  const isDomain = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/.test(text) && text.length <= DOMAIN_MAX_CHARACTERS;
  return isDomain ? { value: text } : { problem: "is not a domain such as example.com" };
}

const DOMAIN_MAX_CHARACTERS = 253;

/** Whether `host` is `domain` or below it. */
export function isWithinDomain(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}

/** Browsers accept related origins of at most five names: https://www.w3.org/TR/webauthn-3/#sctn-related-origins */
const RELATED_ORIGINS_MAX = 5;

/** Parses origins over https, separated by commas. */
export function parseRelatedOrigins(text: string): ParseResult<readonly string[]> {
  const origins = text.split(",", RELATED_ORIGINS_MAX + 1).map((origin) => origin.trim());
  const areOrigins = origins.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin);
  if (!areOrigins || !origins.every((origin) => origin.startsWith("https://"))) {
    return { problem: "is not a list of origins such as https://example.de, separated by commas" };
  }
  return origins.length > RELATED_ORIGINS_MAX
    ? { problem: `has more than ${RELATED_ORIGINS_MAX} origins` }
    : { value: origins };
}

/** More are never needed, because what an older key has sealed is sealed again by the first one. */
const SECRET_KEYS_MAX = 8;
const SECRET_KEY_BYTES = 32;

/**
 * Parses `<id>:<key>`, and older keys after commas. An id has at most 16 lower-case letters and digits. A key is 32
 * bytes in base64url, or in base64 as openssl prints it.
 */
export function parseSecretKeys(text: string): ParseResult<SecretKeys> {
  const parts = text.split(",", SECRET_KEYS_MAX + 1);
  if (parts.length > SECRET_KEYS_MAX) return { problem: `has more than ${SECRET_KEYS_MAX} keys` };
  const keys: SecretKey[] = [];
  for (const [index, part] of parts.entries()) {
    const key = parseSecretKey(part);
    if ("problem" in key) return { problem: `${key.problem} (key ${index + 1} of ${parts.length})` };
    if (keys.some(({ id }) => id === key.value.id)) return { problem: "has two keys with the same id" };
    keys.push(key.value);
  }
  const [first, ...older] = keys;
  return first === undefined ? { problem: "has no key" } : { value: [first, ...older] };
}

function parseSecretKey(part: string): ParseResult<SecretKey> {
  if (/\s/.test(part)) return { problem: "contains white space" };
  const [, id, encoded = ""] = /^([^:]*):(.*)$/s.exec(part) ?? [];
  if (id === undefined) return { problem: "has a key without an id" };
  if (!/^[a-z0-9]{1,16}$/.test(id)) return { problem: "has an id that is not 1 to 16 lower-case letters and digits" };
  const bytes = new Uint8Array(/^[\w+/-]+=?$/.test(encoded) ? Buffer.from(encoded, "base64") : []);
  if (bytes.length !== SECRET_KEY_BYTES)
    return { problem: `has a key that is not ${SECRET_KEY_BYTES} bytes in base64` };
  return { value: { id, bytes } };
}
