import { lowerCaseAscii } from "../http/text.ts";

/** RFC 5321, 4.5.3.1.3: a path of 256 octets less its brackets. */
const EMAIL_MAX_CHARACTERS = 254;
const ROOT_DOT_CHARACTERS = 1;

/** What HTML calls a valid email, with at least one dot in the domain, for mail must reach it from anywhere. */
const EMAIL =
  /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/;

/** Letters, digits, hyphens and dots, of whatever script: nothing that a URL's host could end at. */
const HOST_CHARACTERS = /^(?:[A-Za-z0-9.-]|[^\0-\x7f])+$/;
const ASCII_HOST_CHARACTERS = /^[A-Za-z0-9.-]+$/;
const IPV4 = /^[\d.]+$/;

/**
 * An email as mail is sent to it, in ASCII: an internationalized domain in punycode (UTS 46, as browsers convert it), the
 * domain in lower case and without the dot of the root. Null if it is none; nothing longer than an email is looked at.
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
  // Digits of other scripts become those of ASCII, and four numbers the name of a machine.
  return IPV4.test(host) ? null : host;
}

/**
 * An email as people read it: the labels of its domain that are in punycode in their own script. A label stays in
 * punycode unless it can be told from every other one by its looks, for what is shown is what people check: where an
 * email is confirmed, or an account is named. So it is in one script; Latin with the accents of Europe's languages and
 * Vietnamese, but without letters that look like an ASCII letter (ı, ɡ); not a Cyrillic or Greek word of which every letter
 * looks like a Latin one (аррӏе); and not from right to left, which would reorder what stands beside it. Never to be
 * stored, compared or written to.
 */
export function readableEmail(email: string): string {
  const at = email.lastIndexOf("@");
  if (!email.includes("xn--", at)) return email;
  // Asked for here: hardly any email needs it, and an import would load it into every isolate that starts.
  const { domainToUnicode } = process.getBuiltinModule("node:url");
  const labels = email.slice(at + 1).split(".");
  const shown = labels.map((label) => {
    const readable = label.startsWith("xn--") ? domainToUnicode(label) : label;
    return isUnambiguous(readable) && toAsciiDomain(readable) === label ? readable : label;
  });
  return `${email.slice(0, at + 1)}${shown.join(".")}`;
}

const LATIN =
  /^[a-z0-9\u00df-\u00f6\u00f8-\u0130\u0132-\u0137\u0139-\u013e\u0141-\u0148\u014a-\u017e\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9-]+$/;
const CYRILLIC = /^[\p{Script=Cyrillic}0-9-]+$/u;
const GREEK = /^[\p{Script=Greek}0-9-]+$/u;
/** Letters of either that look like one of ASCII. */
const LOOKS_LATIN = /^[асԁеһіјӏорԛѕԝхугпѵѡьαγεηικνορτυχωϲϳ0-9-]+$/;
const ONE_SCRIPT = [
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
  return ONE_SCRIPT.some((script) => script.test(label));
}
