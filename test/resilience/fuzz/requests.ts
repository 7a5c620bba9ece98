import { readFileSync } from "node:fs";
import { pick } from "../seed.ts";

/** The values that an attacker can use: valid ones of their own, and those of other people that they have seen. */
export interface Material {
  readonly origin: string;
  readonly cookies: readonly string[];
  /** The cookies of sign-ins that stand at the second step. */
  readonly standing: readonly string[];
  /** Secrets of links that are consumed, or belong to someone else. */
  readonly tokens: readonly string[];
  readonly emails: readonly string[];
  readonly passwords: readonly string[];
  /** The handles of sessions, as on pages. */
  readonly handles: readonly string[];
  /** The ids of passkeys, as in paths. */
  readonly passkeys: readonly string[];
  /** The ids of remembered devices, as on pages. */
  readonly devices: readonly string[];
  /** Recovery codes that are right for one of the own accounts. */
  readonly recoveryCodes: readonly string[];
}

export interface OddRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer> | null;
}

type Random = () => number;

const ROUTES = [
  ...readFileSync(new URL("../../../src/routes.ts", import.meta.url), "utf8").matchAll(/^ {2}(get|post)\("([^"]+)"/gm),
].map(([, method = "", path = ""]) => ({ method: method.toUpperCase(), path }));

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"];

const ODD_PATHS = [
  "/..%2f..%2fetc%2fpasswd",
  "/auth//signin",
  "/AUTH/SIGNIN",
  "/auth/signin;jsessionid=1",
  "/%",
  "/%zz",
  "/%00",
  "/%c0%ae%c0%ae/",
  "/%ed%a0%80",
  "/auth/reset-password/%0d%0aSet-Cookie:%20a=b",
  "/auth/verify-email/' or 1=1 --",
  "/.git/config",
  "/wp-login.php",
  `/${"a".repeat(4_000)}`,
  "/app/account/../../auth/session",
  "//evil.example/app",
  "/\\evil.example",
];

const ODD_QUERIES = [
  "redirectTo=//evil.example",
  "redirectTo=/app&redirectTo=/",
  "redirectTo=javascript:alert(1)",
  "redirectTo=%2F%5Cevil.example",
  "redirectTo=/%0d%0aLocation:%20//evil.example",
  "notice=__proto__",
  "notice=constructor&notice=stale",
  "before=1.%27",
  "before=999999999999999.zz",
  "end=others&end=1",
  "end=%00",
  "sent=%ff",
  "a[]=1&a[b]=2",
  `q=${"x".repeat(3_000)}`,
];

/** Texts that have broken one parser or another. */
const ODD_TEXTS = [
  "",
  " ",
  "\u0000",
  "\ud800",
  "a\udfffb",
  "' or '1'='1",
  "'; drop table users; --",
  '"><script>alert(1)</script>',
  "{{7*7}}",
  "a\r\nBcc: victim@example.com",
  "ada@example.com\u0000@evil.example",
  "ADA@EXAMPLE.COM",
  "аda@example.com",
  "ada@example.com,eve@example.com",
  "\u202eevil",
  "İstanbul",
  "ﬀ".repeat(40),
  "00000000",
  "-1",
  "1e309",
  "__proto__",
  "[object Object]",
  "null",
  "yes",
  "%00%ff",
  "😀".repeat(80),
  "x".repeat(5_000),
  '{"id":"AAAA","rawId":"AAAA","type":"public-key","response":{"__proto__":{},"clientDataJSON":"e30"}}',
  "[".repeat(3_000),
  "k1.AAAA",
  "0".repeat(24),
  "https://evil.example/",
  "//evil.example",
  "/\\evil.example",
];

const FIELDS = [
  "email",
  "password",
  "passwordConfirmation",
  "currentPassword",
  "code",
  "session",
  "confirmation",
  "credential",
  "recoveryCode",
  "sealed",
  "mailedCode",
  "device",
  "state",
  "with",
  "from",
  "name",
  "remember",
  "redirectTo",
  "madeFor",
  "account",
  "user_id",
  "__proto__",
  "",
];

const CONTENT_TYPES = [
  "application/x-www-form-urlencoded",
  "application/x-www-form-urlencoded;charset=UTF-8",
  "application/x-www-form-urlencoded; charset=utf-16",
  "application/x-www-form-urlencoded; charset=utf-8; charset=latin1",
  "multipart/form-data",
  "multipart/form-data; boundary=",
  "multipart/form-data; boundary=x",
  "application/json",
  "text/plain",
  "text/xml",
  "a/b; ;;=",
  "",
];

const ODD_HEADERS: Readonly<Record<string, readonly string[]>> = {
  Accept: ["*/*", "image/*;q=banana", "x".repeat(2_000)],
  "Accept-Language": ["xx-XX-xx", "*;q=-1"],
  "CF-Connecting-IP": ["::1", "256.256.256.256", "' or 1=1", "fe80::%eth0"],
  "User-Agent": ["", "x".repeat(4_000), "<script>alert(1)</script>", "\u00ff\u00fe"],
  "X-Forwarded-For": ["127.0.0.1", "evil, evil"],
  "X-Forwarded-Host": ["evil.example"],
  "X-HTTP-Method-Override": ["DELETE"],
  Range: ["bytes=0-0", "bytes=-1"],
  "If-None-Match": ["*", '"x"'],
  Referer: ["https://evil.example/", "not a url"],
  Authorization: ["Basic !!!!", "Bearer x"],
  "Sec-Fetch-Site": ["cross-site", "none", "same-origin", "x"],
};

/** Draws a request. The same seed and material lead to the same request. */
export function drawRequest(random: Random, material: Material): OddRequest {
  const route = pick(random, ROUTES);
  const method = chance(random, 0.75) ? route.method : pick(random, METHODS);
  const path = drawPath(random, route.path, material);
  const headers: Record<string, string> = {};
  if (chance(random, 0.8)) headers["Cookie"] = drawCookies(random, route.path, material);
  for (const [name, values] of Object.entries(ODD_HEADERS)) {
    if (chance(random, 0.06)) headers[name] = pick(random, values);
  }
  const origins = [
    material.origin,
    material.origin,
    material.origin,
    material.origin,
    "null",
    "https://evil.example",
    "",
  ];
  headers["Origin"] = pick(random, origins);
  if (["GET", "HEAD"].includes(method)) return { method, path, headers, body: null };
  headers["Content-Type"] = chance(random, 0.75) ? (CONTENT_TYPES[0] ?? "") : pick(random, CONTENT_TYPES);
  return { method, path, headers, body: drawBody(random, headers["Content-Type"], material) };
}

function chance(random: Random, share: number): boolean {
  return random() < share;
}

function drawPath(random: Random, path: string, { tokens, passkeys }: Material): string {
  if (chance(random, 0.06)) return pick(random, ODD_PATHS);
  const drawPart = (known: readonly string[]) =>
    chance(random, 0.7) ? pick(random, known) : encodeURIComponent(randomText(random).toWellFormed());
  const filled = path.replace(":token", () => drawPart(tokens)).replace(":id", () => drawPart(passkeys));
  const odd = chance(random, 0.05) ? `${filled}/` : filled;
  return chance(random, 0.2) ? `${odd}?${pick(random, ODD_QUERIES)}` : odd;
}

function randomText(random: Random): string {
  const text = pick(random, ODD_TEXTS);
  return chance(random, 0.2) ? text + pick(random, ODD_TEXTS) : text;
}

function drawCookies(random: Random, route: string, { cookies, standing, tokens }: Material): string {
  // Without one of these, the second step only leads back to the sign-in.
  const isSecondStep = route.startsWith("/auth/second-step") && chance(random, 0.8);
  const given = pick(random, isSecondStep ? standing : [...cookies, ...standing]);
  const kind = Math.floor(random() * 8);
  if (kind < 4) return given;
  const secret = pick(random, tokens);
  const odd = [
    `${given}; ${given}`,
    given.replace(/.$/, (last) => (last === "a" ? "b" : "a")),
    `__Host-gatehouse=${"x".repeat(6_000)}`,
    `__Host-gatehouse-reset=${secret}; __Host-gatehouse-verify=${secret}; __Host-gatehouse-device=0123${secret}`,
    "__Host-gatehouse=;;; =; a",
    `__Host-gatehouse="${secret}"; __Host-gatehouse=%00`,
    `${given}; __Host-gatehouse-notice=${randomText(random).replace(/[^!-:<-~]/g, "")}; __Host-gatehouse-lang=xx`,
  ];
  return pick(random, odd);
}

function drawBody(random: Random, contentType: string, material: Material): OddRequest["body"] {
  if (chance(random, 0.05)) return null;
  if (chance(random, 0.03)) return bytes(random, 1 + Math.floor(random() * 400));
  if (chance(random, 0.02)) return `email=${"x".repeat(chance(random, 0.2) ? 1_200_000 : 70_000)}`;
  const pairs = drawFields(random, material);
  if (contentType.startsWith("multipart/")) return multipart(random, pairs);
  if (contentType === "application/json") return JSON.stringify(Object.fromEntries(pairs));
  const raw = chance(random, 0.1);
  const encode = (text: string) => (raw ? text : encodeURIComponent(text.toWellFormed()));
  return pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join(chance(random, 0.03) ? ";" : "&");
}

function drawFields(random: Random, material: Material): [string, string][] {
  const password = pick(random, material.passwords);
  const whole: Record<string, string> = {
    email: pick(random, material.emails),
    password,
    passwordConfirmation: password,
    currentPassword: pick(random, material.passwords),
    code: chance(random, 0.3) ? pick(random, material.recoveryCodes) : drawCode(random),
    recoveryCode: pick(random, material.recoveryCodes),
    name: "Key",
    device: pick(random, [...material.devices, "all"]),
    state: pick(random, ["on", "off"]),
    remember: "yes",
    session: pick(random, material.handles),
    confirmation: "yes",
    redirectTo: pick(random, ["/app", "//evil.example", "https://evil.example/"]),
  };
  const pairs = Object.entries(whole).filter(() => chance(random, 0.85));
  const spoil = Math.floor(random() * 3);
  for (let count = 0; count < spoil; count += 1) {
    const name = pick(random, FIELDS);
    const at = pairs.findIndex(([each]) => each === name);
    if (at >= 0 && chance(random, 0.7)) pairs[at] = [name, randomText(random)];
    else pairs.push([name, randomText(random)]);
  }
  return pairs;
}

/** Of the length of a mailed code or one of an app. */
function drawCode(random: Random): string {
  const digits = pick(random, [6, 8]);
  return `${Math.floor(random() * 10 ** digits)}`.padStart(digits, "0");
}

function multipart(random: Random, pairs: readonly [string, string][]): string {
  const parts = pairs.map(([name, value]) => {
    const file = chance(random, 0.1) ? '; filename="a.txt"' : "";
    return `--x\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${value}\r\n`;
  });
  return `${parts.join("")}${chance(random, 0.8) ? "--x--\r\n" : ""}`;
}

function bytes(random: Random, length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, () => Math.floor(random() * 256));
}
