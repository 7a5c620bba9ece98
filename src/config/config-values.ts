import { isLoopbackHttp } from "../http/origin.ts";
import { lowerCaseAscii } from "../http/text.ts";
import { toAsciiEmail } from "../i18n/email-syntax.ts";

/**
 * A variable read, or what is wrong with it: "It" followed by `problem` is a sentence. `remedy`: how to mend just that, where
 * it can be told. Neither repeats what was set, which may be a secret in the wrong place, but for an origin, an email's
 * form or a word of a closed list.
 */
export type Reading<T> = { readonly value: T } | Fault;

export interface Fault {
  readonly problem: string;
  readonly remedy?: string;
}

/** As `@planetscale/database` takes it. With `host` it insists on https, with `url` it reads the login out of the URL. */
export type DatabaseLogin =
  | { readonly host: string; readonly username: string; readonly password: string }
  | { readonly url: string };

/** `required`: nobody is signed in before their address is verified, and no answer tells whether an address is known. */
export type EmailVerification = "optional" | "required";

export interface Sender {
  /** As people read it, in any script, without line breaks and other control characters. Each sender encodes it. */
  readonly name: string;
  readonly email: string;
}

const ENDS: readonly (readonly [pattern: RegExp, problem: string])[] = [
  [/^\s*$/, "is blank"],
  [/^[\r\n]/, "begins with a line break"],
  [/[\r\n]$/, "ends with a line break"],
  [/^\s/, "begins with a blank"],
  [/\s$/, "ends with a blank"],
  [/^\p{Cf}/u, "begins with a character that nobody sees, such as a byte order mark"],
  [/\p{Cf}$/u, "ends with a character that nobody sees, such as a zero-width space"],
];

/** What can be wrong with any variable before its meaning matters: what came along when it was copied. Null: nothing. */
export function findStrayCharacters(variable: string, text: string): Fault | null {
  const [, problem] = ENDS.find(([pattern]) => pattern.test(text)) ?? [];
  if (problem !== undefined) return { problem, remedy: "Take that away and leave the rest as it is." };
  if (/^(["'`]).*\1$/s.test(text) || /^[“„«].*[”“»]$/s.test(text)) {
    return { problem: "has quotes around it that are part of the value", remedy: "Take the quotes away." };
  }
  if (text.startsWith(`${variable}=`) || text.startsWith(`export ${variable}=`)) {
    return { problem: "repeats its own name", remedy: "The value is what comes after the equals sign." };
  }
  return null;
}

const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//;

function schemeOf(text: string): string | null {
  const [, scheme] = SCHEME.exec(text) ?? [];
  return scheme === undefined ? null : lowerCaseAscii(scheme);
}

const DATABASE_FORM = "is not of the form mysql://<user>:<password>@<host>/<database>";

/** Reads a connection string as PlanetScale prints it. `http://` is for loopback only. */
export function parseDatabaseUrl(text: string): Reading<DatabaseLogin> {
  const scheme = schemeOf(text);
  if (scheme === null) return { problem: `${DATABASE_FORM}: it has no mysql:// in front` };
  if (scheme === "postgres" || scheme === "postgresql") {
    return { problem: "is for PostgreSQL", remedy: "The database is PlanetScale's MySQL: take its connection string." };
  }
  if (!["mysql", "https", "http"].includes(scheme)) return { problem: "must start with mysql:// or https://" };
  if (!URL.canParse(text)) return describeUnreadableDatabaseUrl(text);
  const url = new URL(text);
  const missing = { user: url.username, password: url.password, host: url.hostname };
  const [name] = Object.entries(missing).find(([, part]) => part === "") ?? [];
  // A / in the password ends the host, and what follows has an @.
  if (name !== undefined && url.pathname.includes("@")) return describeUnreadableDatabaseUrl(text);
  if (name !== undefined) return { problem: `${DATABASE_FORM}: it names no ${name}` };
  if (isLoopbackHttp(url)) return { value: { url: text } };
  if (scheme === "http") return { problem: "must start with mysql:// or https://; http:// would send it in clear" };
  try {
    // The port of MySQL's own protocol, which is not spoken here.
    const host = scheme === "mysql" && url.port === "3306" ? url.hostname : url.host;
    return { value: { host, username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) } };
  } catch {
    const remedy = "In the user's name and the password write % as %25, unless it begins such a code itself.";
    return { problem: "holds a % that encodes nothing", remedy };
  }
}

function describeUnreadableDatabaseUrl(text: string): Fault {
  const authority = text.replace(SCHEME, "");
  const end = authority.search(/[/?#]/);
  if (end >= 0 && authority.includes("@", end)) {
    const remedy = "In the user's name and the password write / as %2F, ? as %3F and # as %23.";
    return { problem: "holds a /, ? or # before its @ that is not percent-encoded", remedy };
  }
  return { problem: DATABASE_FORM };
}

/** A URL under which paths are put, without a slash at its end. */
export function parseServiceUrl(text: string): Reading<string> {
  const scheme = schemeOf(text);
  if (scheme === "redis" || scheme === "rediss") {
    const remedy = "Take the REST URL, which starts with https://: Upstash's console shows it beside this one.";
    return { problem: `is the URL for Redis clients (${scheme}://)`, remedy };
  }
  if (scheme === null && URL.canParse(`https://${text}`)) return { problem: "has no https:// in front" };
  if (scheme === null || !URL.canParse(text)) return { problem: "is not a URL" };
  const url = new URL(text);
  if (scheme !== "https" && !isLoopbackHttp(url)) return { problem: `must start with https://, not ${scheme}://` };
  if (url.username || url.password) return { problem: "must not hold a login; the token goes into its own variable" };
  if (/[?#]/.test(text)) return { problem: "must not hold a ? or a #" };
  return { value: text.replace(/\/$/, "") };
}

export function parseResendUrl(text: string): Reading<string> {
  if (/\/emails\/?$/.test(text)) return { problem: "must end before /emails" };
  return parseServiceUrl(text);
}

export function parseToken(text: string): Reading<string> {
  if (schemeOf(text) !== null) return { problem: "is a URL, and no token" };
  if (/^bearer\s/i.test(text)) return { problem: "begins with Bearer", remedy: "The token is what comes after it." };
  if (/\s/.test(text)) return { problem: "has a blank in it, which no token has" };
  return /^[\x21-\x7e]+$/.test(text) ? { value: text } : { problem: "holds characters that no token has" };
}

export function parsePublicOrigin(text: string, local: boolean): Reading<string> {
  const scheme = schemeOf(text);
  const full = scheme === null ? `https://${text}` : text;
  if (!URL.canParse(full) || (scheme !== null && scheme !== "https" && scheme !== "http")) {
    return { problem: "is not an origin such as https://accounts.example.com" };
  }
  const url = new URL(full);
  const isLoopback = isLoopbackHttp(url);
  const origin = `${isLoopback ? "http" : "https"}://${url.host.replace(/\.(?=:|$)/, "")}`;
  if (isLoopback && !local) return { problem: "still names a developer's machine" };
  const faults = describeOriginFaults(text, url, isLoopback);
  if (text !== origin && faults.length === 0) faults.push("is not written as browsers write it");
  if (text === origin) return { value: text };
  // A token is no host, and must not be shown as one.
  const isShown = scheme !== null || BARE_HOST.test(text);
  return { problem: faults.join(" and "), remedy: isShown ? `Write ${origin}` : "Put https:// in front of its host." };
}

const BARE_HOST = /^(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,24})(?::\d+)?\/?$/;

function describeOriginFaults(text: string, url: URL, isLoopback: boolean): string[] {
  const scheme = schemeOf(text);
  const [host = ""] = text.replace(SCHEME, "").split(/[/?#]/, 1);
  const bare = host.replace(/^.*@/, "").replace(/:\d*$/, "");
  const found: [boolean, string][] = [
    [scheme === null, "has no https:// in front"],
    [scheme === "http" && !isLoopback, "starts with http://, which is not https://"],
    [/[A-Z]/.test(text.slice(0, text.length - text.replace(SCHEME, "").length) + bare), "has a capital letter in it"],
    [/[^\0-\x7f]/.test(bare), "holds a name that is not in ASCII"],
    [bare.endsWith("."), "has a dot at the end of its host"],
    [host.includes("@"), "holds a login"],
    [/:\d*$/.test(host) && url.port === "", "names the port that is understood by itself"],
    [url.pathname !== "/", "has a path"],
    [url.pathname === "/" && text.replace(SCHEME, "").startsWith("/", host.length), "has a slash at its end"],
    [/[?#]/.test(text), "has a ? or a # in it"],
  ];
  return found.filter(([is]) => is).map(([, fault]) => fault);
}

/** One of a few words. Where only the letters' case or a usual other word is in the way, the right one is named. */
function parseWord<Word extends string>(
  text: string,
  words: readonly Word[],
  others: Readonly<Record<string, Word>> = {},
): Reading<Word> {
  const lower = lowerCaseAscii(text);
  const found = words.find((word) => word === lower) ?? (Object.hasOwn(others, lower) ? others[lower] : undefined);
  if (found === text) return { value: found };
  const list = words.map((word) => `"${word}"`).join(" or ");
  if (found === undefined) return { problem: `is not ${list}` };
  const problem = found === lower ? "is written with a capital letter" : `is not ${list}`;
  return { problem, remedy: `Write "${found}".` };
}

export function parseEmailVerification(text: string): Reading<EmailVerification> {
  return parseWord(text, ["optional", "required"]);
}

export function parseMailSender(text: string): Reading<"cloudflare" | "resend"> {
  return parseWord(text, ["cloudflare", "resend"]);
}

export function parseSwitch(text: string): Reading<boolean> {
  const others = { true: "on", yes: "on", "1": "on", false: "off", no: "off", "0": "off" } as const;
  const word = parseWord(text, ["on", "off"], others);
  return "value" in word ? { value: word.value === "on" } : word;
}

/** A whole number of at least 1. */
export function parseCount(text: string): Reading<number> {
  if (/^[1-9]\d{0,8}$/.test(text)) return { value: Number(text) };
  const remedy = "Write it in digits alone, such as 300.";
  if (/^[1-9]\d*$/.test(text)) return { problem: "is larger than 999999999" };
  if (/^-|^0+$/.test(text)) return { problem: "is less than 1" };
  if (/^0\d+$/.test(text)) return { problem: "begins with a zero", remedy };
  if (/^[\d.,_' ]+$/.test(text)) return { problem: "is not a whole number in digits alone", remedy };
  return { problem: "is not a whole number from 1 upwards", remedy };
}

/** Null where the look-up is switched off. */
export function parseBreachedPasswords(text: string): Reading<{ readonly url: string } | null> {
  if (text === "off") return { value: null };
  if (lowerCaseAscii(text) === "off") return { problem: "is written with a capital letter", remedy: 'Write "off".' };
  if (/\/range\/?$/.test(text)) return { problem: "must end before /range" };
  const url = parseServiceUrl(text);
  return "value" in url ? { value: { url: url.value } } : { ...url, problem: `${url.problem}, nor "off"` };
}

/** With the longest name in the widest script, the header still fits into one line of mail (RFC 5322, 2.1.1). */
const SENDER_NAME_MAX_CHARACTERS = 128;

/**
 * `Name <email>`. The name is what people read, with or without quotes around it: any that mail can carry. The sender
 * that sends it encodes it.
 */
export function parseMailFrom(text: string, local: boolean): Reading<Sender> {
  // Before anything else: they would begin another header.
  if (/[\p{Cc}\u2028\u2029]/u.test(text)) return { problem: "holds a line break or another control character" };
  if (!text.isWellFormed()) return { problem: "holds half a character" };
  const [, phrase, address] = /^(.*?)[ \t]*<([^<>]*)>$/.exec(text) ?? [];
  if (phrase === undefined || address === undefined) return describeMailFrom(text);
  if (/<[^<>@]+@[^<>@]+>/.test(phrase)) return { problem: "names more than one email", remedy: MAIL_FROM_EXAMPLE };
  const name = unquote(phrase);
  const email = toAsciiEmail(address);
  if (email === null) return { problem: "has no email between its < and >" };
  if (name === "") return { problem: "has no name in front of its <", remedy: MAIL_FROM_EXAMPLE };
  if (name.length > SENDER_NAME_MAX_CHARACTERS) {
    return { problem: `has a name of more than ${SENDER_NAME_MAX_CHARACTERS} characters` };
  }
  if (/=\?[^?]*\?[bq]\?[^?]*\?=/i.test(name)) {
    return {
      problem: "has an encoded name (=?…?=)",
      remedy: "Write the name as people read it: it is encoded when sent.",
    };
  }
  if (email.endsWith("@example.com") && !local) return { problem: "is still the example" };
  return { value: { name, email } };
}

const MAIL_FROM_EXAMPLE = "Write a name, and the email in < and >: Accounts <accounts@example.org>";

function describeMailFrom(text: string): Fault {
  const remedy = MAIL_FROM_EXAMPLE;
  if (toAsciiEmail(text) !== null) return { problem: "is an email without a name", remedy };
  if (/<[^<>]*$/.test(text)) return { problem: "has no > at its end", remedy };
  if (/<[^<>]*>/.test(text)) return { problem: "goes on after its >", remedy };
  return { problem: "is not of the form Name <email>", remedy };
}

/** The name of a quoted string (RFC 5322, 3.2.4), or what is no such thing as it is. */
function unquote(phrase: string): string {
  const [, quoted] = /^"((?:[^"\\]|\\.)*)"$/.exec(phrase) ?? [];
  return quoted === undefined ? phrase : quoted.replace(/\\(.)/g, "$1");
}
