import { lowerCaseAscii } from "../../http/text.ts";
import { toAsciiEmail } from "../../i18n/email-syntax.ts";

/** An email has at most 254 characters. The rest is room for characters pasted around it. */
const TYPED_MAX_CHARACTERS = 512;

/** White space and invisible characters: zero-width, soft hyphens, direction marks, byte order marks. */
const INVISIBLE = /[\s\p{Cf}]/u;

/** Characters around an email that was copied from a message, from prose or from a table. */
const WRAPPINGS = new Map([
  ["<", ">"],
  ['"', '"'],
  ["'", "'"],
  ["“", "”"],
  ["„", "“"],
  ["‘", "’"],
  ["‚", "‘"],
  ["«", "»"],
  ["»", "«"],
  ["‹", "›"],
]);

export type EmailProblem = "email-missing" | "email-invalid";

export type EmailReading =
  | { readonly ok: true; readonly email: string }
  | { readonly ok: false; readonly problem: EmailProblem };

/**
 * Parses one email into the form that is stored and compared: lower-case ASCII, the domain in punycode, without
 * characters pasted around it. Only that form has an account, so two spellings are never two accounts.
 */
export function parseEmail(text: string): EmailReading {
  if (text.length > TYPED_MAX_CHARACTERS) return { ok: false, problem: "email-invalid" };
  const typed = unwrap(text);
  if (typed === "") return { ok: false, problem: "email-missing" };
  const email = toAsciiEmail(typed);
  return email === null ? { ok: false, problem: "email-invalid" } : { ok: true, email: lowerCaseAscii(email) };
}

const MAILTO = "mailto:";
const LAYERS_MAX = 4;

/** Removes what is around an email layer by layer, with a bound on the layers. */
function unwrap(text: string): string {
  let bare = trimInvisible(text);
  for (let layer = 0; layer < LAYERS_MAX; layer += 1) bare = trimInvisible(takeOffLayer(bare));
  return bare;
}

/**
 * Not by a pattern that ends in `+$`, which would start again at each character of a run that does not reach the end.
 */
function trimInvisible(text: string): string {
  const characters = [...text];
  const isSeen = (character: string) => !INVISIBLE.test(character);
  const start = characters.findIndex(isSeen);
  return start < 0 ? "" : characters.slice(start, characters.findLastIndex(isSeen) + 1).join("");
}

function takeOffLayer(text: string): string {
  const last = WRAPPINGS.get(text[0] ?? "");
  if (text.length > 1 && text.at(-1) === last) return text.slice(1, -1);
  return lowerCaseAscii(text.slice(0, MAILTO.length)) === MAILTO ? readMailto(text) : text;
}

/** The recipient of a `mailto:` link (RFC 6068, 2) without its headers, or the text itself if it cannot be decoded. */
function readMailto(link: string): string {
  const [recipient = ""] = link.slice(MAILTO.length).split("?", 1);
  try {
    return decodeURIComponent(recipient);
  } catch {
    return link;
  }
}
