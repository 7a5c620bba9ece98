/** Describes where a request comes from, in enough detail for people to recognize their own requests. */
export interface ClientInfo {
  /**
   * The IP that Cloudflare saw, never one that the client claims. Null if the Worker does not run behind Cloudflare.
   */
  readonly ip: string | null;
  /** A two-letter code of ISO 3166-1. Null if the platform does not provide it. */
  readonly country: string | null;
  /** The name of the browser, such as "Firefox". Null if it is unknown. */
  readonly browser: string | null;
  /** The name of the platform, such as "Windows". Null if it is unknown. */
  readonly platform: string | null;
}

/** The characters of an IPv4 or IPv6 address. RFC 4291, 2.2: at most 45 characters. */
const IP = /^[0-9A-Fa-f:.]{2,45}$/;

/** Longer than any browser sends. The rest of the header is ignored. */
const USER_AGENT_MAX_CHARACTERS = 512;

/** In order of precedence: a browser that also sends the name of another browser is listed before that browser. */
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

/** Describes the client of a request. All names come from fixed lists, so no text of the client is stored or shown. */
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
 * Returns the key that limits per IP count: an IPv4 address, or the /64 network of an IPv6 address, because a network
 * of that size usually belongs to a single customer (RFC 6177). Requests without a known IP share one key.
 */
export function ipNetworkOf(ip: string | null): string {
  if (ip === null || !URL.canParse(`http://[${ip}]`)) return ip ?? "unknown";
  const canonical = new URL(`http://[${ip}]`).hostname.slice(1, -1);
  // An IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2).
  if (canonical.startsWith("::ffff:")) return canonical;
  const [start = [], end] = canonical.split("::").map((half) => half.split(":").filter(Boolean));
  const zeros = end === undefined ? [] : Array<string>(8 - start.length - end.length).fill("0");
  return [...start, ...zeros, ...(end ?? [])].slice(0, 4).join(":");
}

function findName(names: readonly (readonly [RegExp, string])[], userAgent: string): string | null {
  return names.find(([pattern]) => pattern.test(userAgent))?.[1] ?? null;
}
