import { generateSecret } from "../auth/tokens/secrets.ts";

/** A browser's secret for one account. */
export interface DevicePair {
  /** A short hash of the secret and the email. Finds the pair of an email without storing the email in the cookie. */
  readonly tag: string;
  readonly secret: string;
}

/** People rarely use more accounts than this in one browser. */
const PAIRS_MAX = 4;

const TAG_CHARACTERS = 4;

const PAIR = /^([0-9a-f]{4})([a-z0-9]{40})$/;
const COOKIE = /^[0-9a-f]{4}[a-z0-9]{40}(?:\.[0-9a-f]{4}[a-z0-9]{40}){0,3}$/;

/**
 * Checks the shape of a device cookie: one to four pairs, newest first, separated by dots. A pair is `<tag><secret>`,
 * with a tag of 4 hexadecimal digits and a secret of 40 characters. The cookie has at most 179 characters.
 */
export function isDeviceCookie(value: string): boolean {
  return COOKIE.test(value);
}

export function parseDeviceCookie(value: string | null): DevicePair[] {
  return (value?.split(".") ?? []).flatMap((pair) => {
    const [, tag, secret] = PAIR.exec(pair) ?? [];
    return tag === undefined || secret === undefined ? [] : [{ tag, secret }];
  });
}

export function serializeDeviceCookie(pairs: readonly DevicePair[]): string {
  return pairs.map(({ tag, secret }) => tag + secret).join(".");
}

export function createDevicePair(email: string): DevicePair {
  const secret = generateSecret();
  return { tag: tagFor(secret, email), secret };
}

export function isPairFor({ tag, secret }: DevicePair, email: string): boolean {
  return tag === tagFor(secret, email);
}

/** Adds `pair` as the newest, and drops the oldest pairs beyond the maximum. */
export function withPair(pair: DevicePair, olderPairs: readonly DevicePair[]): DevicePair[] {
  return [pair, ...olderPairs].slice(0, PAIRS_MAX);
}

/**
 * Hashes the email together with the secret, so that an email has a different tag in every browser and after every
 * sign-in. A precomputed table of emails therefore finds no tag, and two cookies do not reveal that they belong to the
 * same person. Synchronous, so that the cookie can be set without an await while the response is being created.
 */
function tagFor(secret: string, email: string): string {
  const { createHash } = process.getBuiltinModule("node:crypto");
  return createHash("sha256").update(`tag:${secret}:${email}`).digest("hex").slice(0, TAG_CHARACTERS);
}
