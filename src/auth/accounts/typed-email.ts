import { lowerCaseAscii } from "../../http/text.ts";
import { toAsciiEmail } from "../../i18n/email-syntax.ts";

/** The longest email and whatever may be pasted around it. */
const TYPED_MAX_CHARACTERS = 512;

/** White space, and characters that nobody sees: zero-width, soft hyphens, marks of direction, byte order marks. */
const INVISIBLE = /[\s\p{Cf}]/u;

/** What stands around an email where it was copied: in mail, in prose, in a table. */
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
 * One email in the form that is stored and compared: lower-case ASCII, the domain in punycode, without what came along
 * when it was pasted. Only that form has an account, so that two spellings never are two accounts.
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

/** Takes off what stands around an email, one layer after the other, and no more layers than a clipboard can have put there. */
function unwrap(text: string): string {
  let bare = trimInvisible(text);
  for (let layer = 0; layer < LAYERS_MAX; layer += 1) bare = trimInvisible(takeOffLayer(bare));
  return bare;
}

/** By hand, for a pattern that ends in `+$` starts anew at each character of a row that does not reach the end. */
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

/** The recipient of a link to write a mail (RFC 6068, 2), without the headers that it suggests; the link if it is none. */
function readMailto(link: string): string {
  const [recipient = ""] = link.slice(MAILTO.length).split("?", 1);
  try {
    return decodeURIComponent(recipient);
  } catch {
    return link;
  }
}
