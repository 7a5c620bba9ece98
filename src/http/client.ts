/** Where a request comes from, in as few words as a person needs to recognise their own. */
export interface ClientInfo {
  /** As Cloudflare saw it; what a client says of itself is never believed. Null where there is no Cloudflare. */
  readonly ip: string | null;
  /** Two letters of ISO 3166-1; null where the platform does not tell. */
  readonly country: string | null;
  /** Such as "Firefox"; null if it is none that we know. */
  readonly browser: string | null;
  /** Such as "Windows"; null if it is none that we know. */
  readonly platform: string | null;
}

/** What IPv4 and IPv6 addresses consist of (RFC 4291, 2.2: at most 45 characters). */
const IP = /^[0-9A-Fa-f:.]{2,45}$/;

/** Long enough for any browser; the rest is not looked at. */
const USER_AGENT_MAX_CHARACTERS = 512;

/** In order: whoever pretends to be another comes before it. */
const BROWSERS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\bEdg(?:A|iOS)?\//, "Edge"],
  [/\b(?:OPR|OPT|OPiOS)\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\bVivaldi\//, "Vivaldi"],
  [/\bYaBrowser\//, "Yandex Browser"],
  [/\bDuckDuckGo\//, "DuckDuckGo"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\b(?:Chrome|CriOS|Chromium|HeadlessChrome)\//, "Chrome"],
  [/\bVersion\/[\d.]+.*\bSafari\//, "Safari"],
  [/^curl\//, "curl"],
];

const PLATFORMS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bMac OS X\b|\bMacintosh\b/, "macOS"],
  [/\bLinux\b/, "Linux"],
];

/** The names are few and fixed, so nothing that a client wrote is stored or shown. */
export function describeClient(request: Request): ClientInfo {
  const userAgent = (request.headers.get("User-Agent") ?? "").slice(0, USER_AGENT_MAX_CHARACTERS);
  const country = (request as { readonly cf?: { readonly country?: unknown } }).cf?.country;
  const ip = request.headers.get("CF-Connecting-IP");
  return {
    ip: ip !== null && IP.test(ip) ? ip : null,
    country: typeof country === "string" && /^[A-Z]{2}$/.test(country) ? country : null,
    browser: findName(BROWSERS, userAgent),
    platform: findName(PLATFORMS, userAgent),
  };
}

/**
 * Whom a limit per source counts: an IPv4 address, or the /64 network of an IPv6 address, which one customer has to
 * themselves (RFC 6177). Requests without a known IP address count as one source.
 */
export function sourceOf(ip: string | null): string {
  if (ip === null || !URL.canParse(`http://[${ip}]`)) return ip ?? "unknown";
  const canonical = new URL(`http://[${ip}]`).hostname.slice(1, -1);
  // An IPv4 address in the clothes of IPv6 (RFC 4291, 2.5.5.2).
  if (canonical.startsWith("::ffff:")) return canonical;
  const [start = [], end] = canonical.split("::").map((half) => half.split(":").filter(Boolean));
  const zeros = end === undefined ? [] : Array<string>(8 - start.length - end.length).fill("0");
  return [...start, ...zeros, ...(end ?? [])].slice(0, 4).join(":");
}

function findName(names: readonly (readonly [RegExp, string])[], userAgent: string): string | null {
  return names.find(([pattern]) => pattern.test(userAgent))?.[1] ?? null;
}
