import { isLoopbackHttp } from "./http/origin.ts";

/** A variable read, or what is wrong with it, without its value: that may be a secret. */
export type Reading<T> = { readonly value: T } | { readonly problem: string };

/** As `@planetscale/database` takes it. With `host` it insists on https, with `url` it reads the login out of the URL. */
export type DatabaseLogin =
  | { readonly host: string; readonly username: string; readonly password: string }
  | { readonly url: string };

/** `required`: nobody is signed in before their address is verified, and no answer tells whether an address is known. */
export type EmailVerification = "optional" | "required";

export interface MailAddress {
  readonly name: string;
  readonly email: string;
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

export function parseServiceUrl(text: string): Reading<string> {
  const url = parseUrl(text);
  if (!url) return { problem: "is not a URL" };
  if (url.protocol !== "https:" && !isLoopbackHttp(url)) return { problem: "must start with https://" };
  if (url.search || url.hash) return { problem: "must not hold a ? or a #" };
  if (url.username || url.password) return { problem: "must not hold a login; the token goes into its own variable" };
  return { value: text };
}

export function parseToken(text: string): Reading<string> {
  return /^[\x21-\x7e]+$/.test(text) ? { value: text } : { problem: "holds characters that no token has" };
}

export function parsePublicOrigin(text: string, local: boolean): Reading<string> {
  const url = parseUrl(text);
  if (!url || (url.protocol !== "https:" && url.protocol !== "http:") || url.origin !== text) {
    return { problem: "is not an origin such as https://accounts.example.com (no path, no trailing slash)" };
  }
  if (url.protocol === "http:" && !isLoopbackHttp(url)) return { problem: "must start with https://" };
  if (url.protocol === "http:" && !local) return { problem: "still names a developer's machine" };
  return { value: text };
}

export function parseEmailVerification(text: string): Reading<EmailVerification> {
  return text === "optional" || text === "required" ? { value: text } : { problem: 'is not "optional" or "required"' };
}

/** A whole number of at least 1. */
export function parseCount(text: string): Reading<number> {
  return /^[1-9]\d{0,8}$/.test(text) ? { value: Number(text) } : { problem: "is not a whole number from 1 upwards" };
}

/** Null where the look-up is switched off. */
export function parseBreachedPasswords(text: string): Reading<{ readonly url: string } | null> {
  if (text === "off") return { value: null };
  const url = parseServiceUrl(text);
  if (/\/range\/?$/.test(text)) return { problem: "must end before /range" };
  return "value" in url ? { value: { url: url.value.replace(/\/$/, "") } } : { problem: `${url.problem}, nor "off"` };
}

export function parseMailSender(text: string): Reading<"cloudflare" | "resend"> {
  return text === "cloudflare" || text === "resend" ? { value: text } : { problem: 'is not "cloudflare" or "resend"' };
}

/** `Name <address>`. The name is printable ASCII without quotes and brackets, so that it needs no encoding anywhere. */
export function parseMailFrom(text: string, local: boolean): Reading<MailAddress> {
  const [, name, email] = /^([\w .&'-]+) <([^\s<>@]+@[^\s<>@]+)>$/.exec(text) ?? [];
  if (name === undefined || email === undefined) return { problem: "is not of the form Name <address>" };
  if (email.endsWith("@example.com") && !local) return { problem: "is still the example" };
  return { value: { name, email } };
}
