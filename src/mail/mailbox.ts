import type { Sender } from "../config/config.ts";

/** Atoms with single spaces between them (RFC 5322, 3.2.3): a name that needs no quotes. */
const ATOMS = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;

/**
 * An encoded word has at most 75 characters (RFC 2047, 2). `=?UTF-8?B?` and `?=` are 12 of them, and Base64 turns three
 * bytes into four characters.
 */
const ENCODED_WORD_MAX_BYTES = 45;

/**
 * Formats a sender for the header `From`, for a service that takes name and email as one string. The name is quoted or
 * encoded in ASCII, so the result does not depend on how the service treats commas, quotes and other characters. The
 * name must not contain control characters. The configuration rejects them.
 */
export function formatMailbox({ name, email }: Sender): string {
  if (ATOMS.test(name)) return `${name} <${email}>`;
  if (/^[ -~]+$/.test(name)) return `"${name.replace(/["\\]/g, "\\$&")}" <${email}>`;
  return `${encodeWords(name)} <${email}>`;
}

/**
 * Encodes text as encoded words. The white space between them is not part of the text (RFC 2047, 6.2), and no character
 * is split between two of them (RFC 2047, 5).
 */
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
