import {
  type DatabaseLogin,
  type EmailVerification,
  findStrayCharacters,
  isWithinDomain,
  type MailFrom,
  type ParseResult,
  parseBreachedPasswords,
  parseCount,
  parseDatabaseUrl,
  parseDomain,
  parseEmailVerification,
  parseMailFrom,
  parseMailSender,
  parsePublicOrigin,
  parseRelatedOrigins,
  parseRememberDeviceDays,
  parseResendUrl,
  parseSecretKeys,
  parseServiceUrl,
  parseSwitch,
  parseToken,
  type SecretKey,
  type SecretKeys,
  type Sender,
} from "./config-values.ts";

export type { SecretKey, SecretKeys, Sender };

const REMEMBER_DEVICE_DAYS = 30;

/** The validated configuration of the service, in the shape that the code uses. Frozen. */
export interface Config {
  readonly database: DatabaseLogin;
  readonly redis: { readonly url: string; readonly token: string };
  /** The public origin of the service, without a trailing slash. Links in email messages start with it. */
  readonly publicOrigin: string;
  readonly emailVerification: EmailVerification;
  readonly mail: { readonly from: MailFrom; readonly sender: MailSender };
  /**
   * The limit per IP: how many forms that use a store or hash a password may be sent in a window, and how many pages
   * that read a row may be opened. The two are counted separately.
   */
  readonly formsPerIp: { readonly max: number; readonly windowSeconds: number };
  /** The service that knows passwords from data breaches. Null if the check is turned off. */
  readonly breachedPasswords: { readonly url: string } | null;
  /** Whether HSTS also applies to all subdomains of the public origin's host. */
  readonly hstsIncludesSubdomains: boolean;
  /** The keys of passkeys and second factors. Null if they are not set, and then both are turned off. */
  readonly secretKeys: SecretKeys | null;
  /** The Analytics Engine data set that events are written to. Null if none is bound. */
  readonly metrics: MetricsBinding | null;
  /** The domain of passkeys, and the origins that may use them. Null if passkeys are turned off. */
  readonly passkeys: { readonly id: string; readonly origins: readonly string[] } | null;
  /** For how many days a device may skip the second step. 0: it is asked at every sign-in. */
  readonly rememberDeviceDays: number;
  /** The page of a developer's machine that shows messages instead of sending them. Null if messages are sent. */
  readonly mailViewerUrl: string | null;
}

/** The one method of a `send_email` binding that is used. */
export interface MailBinding {
  send(mail: {
    from: Sender;
    to: string;
    subject: string;
    text: string;
    html: string;
    headers: Record<string, string>;
  }): Promise<unknown>;
}

/** The one method of an Analytics Engine binding that is used. */
export interface MetricsBinding {
  writeDataPoint(point: { indexes: string[]; blobs: (string | null)[]; doubles: number[] }): void;
}

export type MailSender =
  | { readonly kind: "cloudflare"; readonly binding: MailBinding }
  | { readonly kind: "resend"; readonly endpoint: string; readonly apiKey: string };

/**
 * A variable that is missing or wrong. "It" followed by `problem` is a sentence, and `remedy` says how to fix it.
 * Neither text repeats a value that may be a secret.
 */
export interface ConfigProblem {
  readonly variable: string;
  readonly problem: string;
  readonly remedy: string;
}

export type ConfigResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/**
 * Reads the variables of the Worker. `local` says that the Worker runs on a developer's machine. Elsewhere a loopback
 * origin is rejected, because links in email messages would not work. Never throws: returns all problems together.
 */
export function parseConfig(env: Readonly<Record<string, unknown>>, local: boolean): ConfigResult {
  const problems: ConfigProblem[] = [];
  const read: Read = (variable, parse, remedy) => {
    const result = readVariable(variable, env[variable], parse);
    if ("value" in result) return result.value;
    problems.push({ variable, problem: result.problem, remedy: result.remedy ?? remedy });
    return undefined;
  };
  const readOptional: ReadOptional = (variable, parse, fallback, remedy) =>
    env[variable] === undefined || env[variable] === "" ? fallback : read(variable, parse, remedy);

  const database = read(
    "DATABASE_URL",
    parseDatabaseUrl,
    secretRemedy("the connection string from PlanetScale's console"),
  );
  const url = read("UPSTASH_REDIS_REST_URL", parseServiceUrl, secretRemedy("the REST URL from Upstash's console"));
  const token = read("UPSTASH_REDIS_REST_TOKEN", parseToken, secretRemedy("the REST token from Upstash's console"));
  const publicOrigin = read(
    "PUBLIC_ORIGIN",
    (text) => parsePublicOrigin(text, local),
    "Set it under [vars] in wrangler.toml to the origin of this service, such as https://accounts.example.com.",
  );
  const emailVerification = read(
    "EMAIL_VERIFICATION",
    parseEmailVerification,
    'Set it under [vars] in wrangler.toml to "optional" or "required".',
  );
  const from = read(
    "MAIL_FROM",
    (text) => parseMailFrom(text, local),
    "Set it under [vars] in wrangler.toml to the sender of all email messages, such as Accounts <accounts@example.org>.",
  );
  const senderKind = read(
    "MAIL_SENDER",
    parseMailSender,
    'Set it under [vars] in wrangler.toml to "cloudflare" or "resend".',
  );
  const binding = isMailBinding(env["SEND_EMAIL"]) ? env["SEND_EMAIL"] : undefined;
  if (senderKind === "cloudflare" && !binding) {
    const remedy = 'Add [[send_email]] with name = "SEND_EMAIL" to wrangler.toml, or set MAIL_SENDER to "resend".';
    problems.push({ variable: "SEND_EMAIL", problem: "is not bound", remedy });
  }
  const resend = senderKind === "resend" ? readResend(read) : undefined;
  const sender: MailSender | undefined =
    senderKind === "cloudflare" ? binding && { kind: "cloudflare", binding } : resend && { kind: "resend", ...resend };
  const sourcePostsMax = read(
    "SOURCE_POSTS_MAX",
    parseCount,
    "Set it under [vars] in wrangler.toml to how many forms one IP may send in the window, such as 300.",
  );
  const sourcePostsMinutes = read(
    "SOURCE_POSTS_WINDOW_MINUTES",
    parseCount,
    "Set it under [vars] in wrangler.toml to the length of that window in minutes, such as 15.",
  );
  const breachedPasswords = read(
    "BREACHED_PASSWORDS",
    parseBreachedPasswords,
    'Set it under [vars] in wrangler.toml to https://api.pwnedpasswords.com, or to "off".',
  );
  const hstsIncludesSubdomains = readOptional(
    "HSTS_INCLUDE_SUBDOMAINS",
    parseSwitch,
    false,
    'Set it under [vars] in wrangler.toml to "on" or "off", or remove it, which means "off".',
  );
  const secretKeys = readOptional(
    "SECRET_KEYS",
    parseSecretKeys,
    null,
    secretRemedy('an id, a colon and 32 random bytes, such as "k1:" and what "openssl rand -base64 32" prints'),
  );
  const relyingPartyId = readOptional(
    "PASSKEY_RP_ID",
    parseDomain,
    null,
    "Set it under [vars] in wrangler.toml to the host of PUBLIC_ORIGIN or a domain above it, or remove it.",
  );
  const relatedOrigins = readOptional(
    "RELATED_ORIGINS",
    parseRelatedOrigins,
    [],
    "Set it under [vars] in wrangler.toml to origins such as https://example.de, separated by commas, or remove it.",
  );
  if (publicOrigin && relyingPartyId && !isWithinDomain(new URL(publicOrigin).hostname, relyingPartyId)) {
    const remedy = "Set it to the host of PUBLIC_ORIGIN or a domain above it, or remove it.";
    problems.push({ variable: "PASSKEY_RP_ID", problem: "is not a domain of PUBLIC_ORIGIN", remedy });
  }
  const rememberDeviceDays = readOptional(
    "REMEMBER_DEVICE_DAYS",
    parseRememberDeviceDays,
    REMEMBER_DEVICE_DAYS,
    "Set it under [vars] in wrangler.toml to a number of days up to 365, or to 0, or remove it, which means 30.",
  );
  const metrics = isMetricsBinding(env["METRICS"]) ? env["METRICS"] : null;
  const mailViewerUrl = typeof env["MAIL_VIEWER_URL"] === "string" && local ? env["MAIL_VIEWER_URL"] : null;

  if (!database || !url || !token || !publicOrigin || !emailVerification || !from || !sender) {
    return { ok: false, problems };
  }
  if (!sourcePostsMax || !sourcePostsMinutes || breachedPasswords === undefined) return { ok: false, problems };
  if (relyingPartyId === undefined || relatedOrigins === undefined || problems.length > 0)
    return { ok: false, problems };
  if (hstsIncludesSubdomains === undefined || secretKeys === undefined || rememberDeviceDays === undefined)
    return { ok: false, problems };
  const formsPerIp = { max: sourcePostsMax, windowSeconds: sourcePostsMinutes * 60 };
  const redis = { url, token };
  const mail = { from, sender };
  return {
    ok: true,
    config: Object.freeze({
      database,
      redis,
      publicOrigin,
      emailVerification,
      mail,
      formsPerIp,
      breachedPasswords,
      hstsIncludesSubdomains,
      secretKeys,
      passkeys: secretKeys && describePasskeys(publicOrigin, relyingPartyId, relatedOrigins),
      rememberDeviceDays,
      metrics,
      mailViewerUrl,
    }),
  };
}

/** Null where browsers refuse passkeys: https://www.w3.org/TR/webauthn-3/#relying-party-identifier excludes IPs. */
function describePasskeys(
  publicOrigin: string,
  relyingPartyId: string | null,
  relatedOrigins: readonly string[],
): Config["passkeys"] {
  const id = relyingPartyId ?? new URL(publicOrigin).hostname;
  const isIp = /^[\d.]+$|^\[/.test(id);
  return isIp ? null : { id, origins: [publicOrigin, ...relatedOrigins] };
}

type Read = <T>(variable: string, parse: (text: string) => ParseResult<T>, remedy: string) => T | undefined;
type ReadOptional = <T>(
  variable: string,
  parse: (text: string) => ParseResult<T>,
  fallback: T,
  remedy: string,
) => T | undefined;

function readVariable<T>(variable: string, value: unknown, parse: (text: string) => ParseResult<T>): ParseResult<T> {
  if (value === undefined || value === null || value === "") return { problem: "is not set" };
  // Accepts a number without quotes, because TOML has numbers.
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string") return { problem: "is not a string", remedy: "Put it in quotes in wrangler.toml." };
  return findStrayCharacters(variable, text) ?? parse(text);
}

function readResend(read: Read): { endpoint: string; apiKey: string } | undefined {
  const apiKey = read("RESEND_API_KEY", parseToken, secretRemedy("an API key from Resend's console"));
  const endpoint = read(
    "RESEND_API_URL",
    parseResendUrl,
    "Set it under [vars] in wrangler.toml to https://api.resend.com.",
  );
  return apiKey && endpoint ? { endpoint, apiKey } : undefined;
}

function isMailBinding(value: unknown): value is MailBinding {
  return typeof value === "object" && value !== null && "send" in value && typeof value.send === "function";
}

function isMetricsBinding(value: unknown): value is MetricsBinding {
  return (
    typeof value === "object" &&
    value !== null &&
    "writeDataPoint" in value &&
    typeof value.writeDataPoint === "function"
  );
}

function secretRemedy(source: string): string {
  return `Set it to ${source}: in .dev.vars for wrangler dev, with "npx wrangler secret put" for a deployed Worker.`;
}
