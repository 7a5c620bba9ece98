import type { Sender } from "../config/config.ts";

/** Atoms with single spaces between them (RFC 5322, 3.2.3): a name that needs nothing around it. */
const ATOMS = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;

/** An encoded word has at most 75 characters (RFC 2047, 2), of which `=?UTF-8?B?` and `?=` are 12; Base64 makes four of three. */
const ENCODED_WORD_MAX_BYTES = 45;

/**
 * A sender as the header `From` has it, in ASCII, for a service that takes the two in one text: so nothing depends on what
 * it does with other characters, or with commas and quotes. The name has no control characters; the configuration sees to it.
 */
export function formatMailbox({ name, email }: Sender): string {
  if (ATOMS.test(name)) return `${name} <${email}>`;
  if (/^[ -~]+$/.test(name)) return `"${name.replace(/["\\]/g, "\\$&")}" <${email}>`;
  return `${encodeWords(name)} <${email}>`;
}

/** White space between two encoded words is not a part of the text, and no character is divided (RFC 2047, 5 and 6.2). */
function encodeWords(text: string): string {
  const encoder = new TextEncoder();
  const words: number[][] = [[]];
  for (const character of text) {
    const bytes = encoder.encode(character);
    if ((words.at(-1)?.length ?? 0) + bytes.length > ENCODED_WORD_MAX_BYTES) words.push([]);
    words.at(-1)?.push(...bytes);
  }
  return words.map((bytes) => `=?UTF-8?B?${btoa(String.fromCharCode(...bytes))}?=`).join(" ");
}
