import { generateSecret } from "../auth/tokens/secrets.ts";

/** A browser's secret for one account. */
export interface DevicePair {
  /** Tells whose it is to whoever knows the email. */
  readonly tag: string;
  readonly secret: string;
}

/** More accounts than people have in one browser. */
const PAIRS_MAX = 4;

const TAG_CHARACTERS = 4;

const PAIR = /^([0-9a-f]{4})([a-z0-9]{40})$/;
const COOKIE = /^[0-9a-f]{4}[a-z0-9]{40}(?:\.[0-9a-f]{4}[a-z0-9]{40}){0,3}$/;

/**
 * Whether a cookie has the shape of up to four pairs, newest first: `<tag><secret>`, the tag of 4 hexadecimal digits,
 * the secret of 40 characters, with a dot between pairs, so 179 characters at most. Anything else is no device cookie.
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

/** The pairs of a cookie once `pair` is added as the newest. */
export function withPair(pair: DevicePair, others: readonly DevicePair[]): DevicePair[] {
  return [pair, ...others].slice(0, PAIRS_MAX);
}

/**
 * Hashed with the secret beside it: the same email has another tag in every browser and at every sign-in, so that no
 * table of emails reads one, and two cookies do not show that they are of one person. It is made at once, because
 * cookies are set before an answer waits.
 */
function tagFor(secret: string, email: string): string {
  const { createHash } = process.getBuiltinModule("node:crypto");
  return createHash("sha256").update(`tag:${secret}:${email}`).digest("hex").slice(0, TAG_CHARACTERS);
}
