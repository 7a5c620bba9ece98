import { lowerCaseAscii } from "../http/text.ts";

/** RFC 5321, 4.5.3.1.3: a path has at most 256 octets, including its angle brackets. */
const EMAIL_MAX_CHARACTERS = 254;
const ROOT_DOT_CHARACTERS = 1;

/**
 * The HTML standard's pattern for a valid email, and at least one dot in the domain, because messages must be
 * deliverable from anywhere.
 */
const EMAIL =
  /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/;

/** ASCII letters, digits, hyphens, dots, and all characters outside ASCII. None of them ends the host of a URL. */
const HOST_CHARACTERS = /^(?:[A-Za-z0-9.-]|[^\0-\x7f])+$/;
const ASCII_HOST_CHARACTERS = /^[A-Za-z0-9.-]+$/;
const IPV4 = /^[\d.]+$/;

/**
 * Returns an email in the ASCII form to which messages are sent, or null if it is invalid. The domain is in lower case,
 * without a trailing dot, and in punycode if it is internationalized (UTS 46, like in browsers). A text that is longer
 * than an email is rejected without being parsed.
 */
export function toAsciiEmail(text: string): string | null {
  if (text.length > EMAIL_MAX_CHARACTERS + ROOT_DOT_CHARACTERS) return null;
  const at = text.lastIndexOf("@");
  const domain = toAsciiDomain(text.slice(at + 1));
  if (at < 0 || domain === null) return null;
  const email = `${text.slice(0, at)}@${domain}`;
  return email.length <= EMAIL_MAX_CHARACTERS && EMAIL.test(email) ? email : null;
}

function toAsciiDomain(domain: string): string | null {
  if (ASCII_HOST_CHARACTERS.test(domain)) return lowerCaseAscii(domain).replace(/\.$/, "");
  if (!HOST_CHARACTERS.test(domain) || !URL.canParse(`http://${domain}`)) return null;
  const host = new URL(`http://${domain}`).hostname.replace(/\.$/, "");
  // Digits of other scripts become ASCII digits, and numbers then become an IPv4 address.
  return IPV4.test(host) ? null : host;
}

/**
 * Returns an email in the form that people read: converts punycode labels of the domain to their own script. People
 * check this text when they confirm an email or identify an account, so a label stays in punycode if it can be confused
 * with another one. A label is converted only if all of these are true:
 * - It is in a single script, or in the scripts that Japanese combines. Latin includes the accented letters of European
 *   languages and Vietnamese, but no letters that look like an ASCII letter (ı, ɡ).
 * - It is not a Cyrillic or Greek word in which every letter looks like a Latin letter (аррӏе).
 * - It is not written from right to left, which would reorder the text next to it.
 *
 * Only for display: the result must not be stored, compared or used as a recipient.
 */
export function readableEmail(email: string): string {
  const at = email.lastIndexOf("@");
  if (!email.includes("xn--", at)) return email;
  // Loads the module here, because few emails need it and an import would load it when every isolate starts.
  const { domainToUnicode } = process.getBuiltinModule("node:url");
  const labels = email.slice(at + 1).split(".");
  const displayLabels = labels.map((label) => {
    const readable = label.startsWith("xn--") ? domainToUnicode(label) : label;
    return isUnambiguous(readable) && toAsciiDomain(readable) === label ? readable : label;
  });
  return `${email.slice(0, at + 1)}${displayLabels.join(".")}`;
}

const LATIN =
  /^[a-z0-9\u00df-\u00f6\u00f8-\u0130\u0132-\u0137\u0139-\u013e\u0141-\u0148\u014a-\u017e\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9-]+$/;
const CYRILLIC = /^[\p{Script=Cyrillic}0-9-]+$/u;
const GREEK = /^[\p{Script=Greek}0-9-]+$/u;
/** Cyrillic and Greek letters that look like an ASCII letter. */
const LOOKS_LATIN = /^[асԁеһіјӏорԛѕԝхугпѵѡьαγεηικνορτυχωϲϳ0-9-]+$/;
const SINGLE_SCRIPTS = [
  /^[\p{Script=Han}0-9-]+$/u,
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー0-9-]+$/u,
  /^[\p{Script=Hangul}0-9-]+$/u,
  /^[\p{Script=Devanagari}0-9-]+$/u,
  /^[\p{Script=Bengali}0-9-]+$/u,
  /^[\p{Script=Tamil}0-9-]+$/u,
  /^[\p{Script=Telugu}0-9-]+$/u,
  /^[\p{Script=Thai}0-9-]+$/u,
];

function isUnambiguous(label: string): boolean {
  if (LATIN.test(label)) return true;
  if (CYRILLIC.test(label) || GREEK.test(label)) return !LOOKS_LATIN.test(label);
  return SINGLE_SCRIPTS.some((script) => script.test(label));
}
