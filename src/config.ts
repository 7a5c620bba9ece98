import { isLoopbackHttp } from "./http/origin.ts";

/** Everything an operator sets, checked and in the shape that the code uses. Frozen. */
export interface Config {
  readonly database: DatabaseLogin;
  readonly redis: { readonly url: string; readonly token: string };
  /** Where people reach this service, without a trailing slash; links in mail start with it. */
  readonly publicOrigin: string;
  readonly emailVerification: EmailVerification;
  readonly mail: { readonly from: MailAddress; readonly sender: MailSender };
  /** A page that shows the mail which was only pretended to be sent; null where mail is sent. */
  readonly mailViewerUrl: string | null;
}

/** `required`: nobody is signed in before their address is verified, and no answer tells whether an address is known. */
export type EmailVerification = "optional" | "required";

export interface MailAddress {
  readonly name: string;
  readonly email: string;
}

/** The one method of a `send_email` binding that is used. */
export interface MailBinding {
  send(mail: { from: MailAddress; to: string; subject: string; text: string; html: string }): Promise<unknown>;
}

export type MailSender =
  | { readonly kind: "cloudflare"; readonly binding: MailBinding }
  | { readonly kind: "resend"; readonly endpoint: string; readonly apiKey: string };

/** As `@planetscale/database` takes it. With `host` it insists on https, with `url` it reads the login out of the URL. */
export type DatabaseLogin =
  | { readonly host: string; readonly username: string; readonly password: string }
  | { readonly url: string };

/** A variable that is missing or wrong. Neither text repeats its value, which may be a secret. */
export interface ConfigProblem {
  readonly variable: string;
  readonly problem: string;
  readonly remedy: string;
}

export type ConfigResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

type Reading<T> = { readonly value: T } | { readonly problem: string };

/**
 * Reads the Worker's variables. `local` says that the Worker runs on a developer's machine: elsewhere a public origin
 * on http or loopback would put unusable links into mail. Throws nothing: what is wrong comes back, all at once.
 */
export function parseConfig(env: Readonly<Record<string, unknown>>, local: boolean): ConfigResult {
  const problems: ConfigProblem[] = [];
  const read: Read = (variable, parse, remedy) => {
    const text = env[variable];
    const reading = typeof text === "string" && text !== "" ? parse(text) : { problem: "is not set" };
    if ("value" in reading) return reading.value;
    problems.push({ variable, problem: reading.problem, remedy });
    return undefined;
  };

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
    "Set it under [vars] in wrangler.toml to the address of this service, such as https://accounts.example.com.",
  );
  const emailVerification = read(
    "EMAIL_VERIFICATION",
    parseEmailVerification,
    'Set it under [vars] in wrangler.toml to "optional" or "required".',
  );
  const from = read(
    "MAIL_FROM",
    (text) => parseMailFrom(text, local),
    "Set it under [vars] in wrangler.toml to the sender of the service's mail, such as Accounts <accounts@example.org>.",
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
  const mailViewerUrl = typeof env["MAIL_VIEWER_URL"] === "string" && local ? env["MAIL_VIEWER_URL"] : null;

  if (!database || !url || !token || !publicOrigin || !emailVerification || !from || !sender) {
    return { ok: false, problems };
  }
  const redis = { url, token };
  const mail = { from, sender };
  return {
    ok: true,
    config: Object.freeze({ database, redis, publicOrigin, emailVerification, mail, mailViewerUrl }),
  };
}

type Read = <T>(variable: string, parse: (text: string) => Reading<T>, remedy: string) => T | undefined;

function readResend(read: Read): { endpoint: string; apiKey: string } | undefined {
  const apiKey = read("RESEND_API_KEY", parseToken, secretRemedy("an API key from Resend's console"));
  const endpoint = read(
    "RESEND_API_URL",
    parseServiceUrl,
    "Set it under [vars] in wrangler.toml to https://api.resend.com.",
  );
  return apiKey && endpoint ? { endpoint, apiKey } : undefined;
}

function isMailBinding(value: unknown): value is MailBinding {
  return typeof value === "object" && value !== null && "send" in value && typeof value.send === "function";
}

function secretRemedy(source: string): string {
  return `Set it to ${source}: in .dev.vars for wrangler dev, with "npx wrangler secret put" for a deployed Worker.`;
}

function parseUrl(text: string): URL | null {
  return text === text.trim() && URL.canParse(text) ? new URL(text) : null;
}

/** Reads a connection string as PlanetScale prints it. `http://` is for loopback only. */
export function parseDatabaseUrl(text: string): Reading<DatabaseLogin> {
  const url = parseUrl(text);
  if (!url?.hostname || !url.username || !url.password) {
    return { problem: "is not of the form mysql://<user>:<password>@<host>/<database>" };
  }
  if (isLoopbackHttp(url)) return { value: { url: text } };
  if (!["mysql:", "https:"].includes(url.protocol)) return { problem: "must start with mysql:// or https://" };
  try {
    return {
      value: {
        host: url.host,
        username: decodeURIComponent(url.username),
        password: decodeURIComponent(url.password),
      },
    };
  } catch {
    return { problem: "holds a % that encodes nothing" };
  }
}

function parseServiceUrl(text: string): Reading<string> {
  const url = parseUrl(text);
  if (!url) return { problem: "is not a URL" };
  if (url.protocol !== "https:" && !isLoopbackHttp(url)) return { problem: "must start with https://" };
  if (url.username || url.password) return { problem: "must not hold a login; the token goes into its own variable" };
  return { value: text };
}

function parseToken(text: string): Reading<string> {
  return /^[\x21-\x7e]+$/.test(text) ? { value: text } : { problem: "holds characters that no token has" };
}

function parsePublicOrigin(text: string, local: boolean): Reading<string> {
  const url = parseUrl(text);
  if (!url || (url.protocol !== "https:" && url.protocol !== "http:") || url.origin !== text) {
    return { problem: "is not an origin such as https://accounts.example.com (no path, no trailing slash)" };
  }
  if (url.protocol === "http:" && !isLoopbackHttp(url)) return { problem: "must start with https://" };
  if (url.protocol === "http:" && !local) return { problem: "still names a developer's machine" };
  return { value: text };
}

function parseEmailVerification(text: string): Reading<EmailVerification> {
  return text === "optional" || text === "required" ? { value: text } : { problem: 'is not "optional" or "required"' };
}

function parseMailSender(text: string): Reading<MailSender["kind"]> {
  return text === "cloudflare" || text === "resend" ? { value: text } : { problem: 'is not "cloudflare" or "resend"' };
}

/** `Name <address>`. The name is printable ASCII without quotes and brackets, so that it needs no encoding anywhere. */
function parseMailFrom(text: string, local: boolean): Reading<MailAddress> {
  const [, name, email] = /^([\w .&'-]+) <([^\s<>@]+@[^\s<>@]+)>$/.exec(text) ?? [];
  if (name === undefined || email === undefined) return { problem: "is not of the form Name <address>" };
  if (email.endsWith("@example.com") && !local) return { problem: "is still the example" };
  return { value: { name, email } };
}
