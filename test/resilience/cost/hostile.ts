import { pick } from "../seed.ts";
import { BROWSER_HEADERS, type CostRequest, type OrdinaryRequest } from "./ordinary.ts";
import { FACTOR_COOKIES, type Scene, SESSION_COOKIE } from "./scene.ts";
import { ORIGIN } from "./service.ts";
import { randomLength, randomText } from "./texts.ts";

type Random = () => number;
type Draft = { -readonly [Key in keyof OrdinaryRequest]: OrdinaryRequest[Key] };

/** In characters or bytes: the limits of the source, and values far beyond them. */
const FIELD_BOUNDS = [254, 256, 512, 2_048, 5_000, 15_000];
const FORM_BOUNDS = [16_384, 16_384, 16_384, 65_536, 1_048_576, 1_200_000];
const PATH_BOUNDS = [40, 1_024, 8_000];
const QUERY_BOUNDS = [2_048, 4_095, 4_095, 15_000];
const COOKIE_BOUNDS = [4_096, 8_192, 8_192, 20_000];
const HEADER_BOUNDS = [45, 256, 512, 8_000, 20_000];

/** workerd itself takes 6 µs for each chunk, so thousands of chunks would measure workerd. */
export const PIECES = 128;

/** Cloudflare rejects longer URLs. */
const LOCATION_MAX_CHARACTERS = 16_000;

const COOKIES = ["", "-verify", "-reset", "-device", "-lang", "-notice", "-ended", ...FACTOR_COOKIES].map(
  (end) => SESSION_COOKIE + end,
);

/** A sealed cookie is decoded up to this length. */
const SEALED_MAX_CHARACTERS = 1_024;
const HEADERS = [
  "Accept",
  "Accept-Language",
  "CF-Connecting-IP",
  "Content-Type",
  "Origin",
  "Referer",
  "Sec-Fetch-Site",
  "User-Agent",
  "X-Foreign",
];
const QUERIES = ["redirectTo", "lang", "before", "end", "part", "sent", "notice", "a"];
const FIELDS = ["email", "password", "currentPassword", "code", "session", "redirectTo", "madeFor", "a"];
const METHODS = ["HEAD", "OPTIONS", "PUT", "DELETE", "PROPFIND"];

/** An ordinary request with one, two or three parts replaced by hostile values. */
export function randomHostileRequest(
  random: Random,
  ordinary: readonly OrdinaryRequest[],
  foreign: Scene["foreign"],
): CostRequest {
  // Each route is drawn with the same probability, however many forms it has.
  const { route, method, visitor } = pick(random, ordinary);
  const draft: Draft = {
    ...pick(
      random,
      ordinary.filter((each) => each.route === route && each.method === method && each.visitor === visitor),
    ),
  };
  draft.headers = { ...draft.headers };
  const changes = [spoilPath, spoilQuery, spoilCookies, spoilFactorCookie(foreign), spoilHeader];
  if (draft.method === "POST") changes.push(spoilField, spoilField, spoilForm, spoilForm);
  const count = 1 + Math.floor(random() ** 2 * 3);
  for (let number = 0; number < count; number += 1) pick(random, changes)(random, draft);
  if (random() < 0.03 && draft.method === "GET") draft.method = pick(random, METHODS);
  // Encode the path as a browser does, which makes some texts nine times as long.
  const { pathname, search } = new URL(ORIGIN + draft.path);
  draft.path = (pathname + search).slice(0, LOCATION_MAX_CHARACTERS);
  return draft;
}

function spoilPath(random: Random, draft: Draft): void {
  const text = randomText(random, randomLength(random, PATH_BOUNDS));
  const encoded =
    random() < 0.5 ? encodeURIComponent(text.toWellFormed()) : text.toWellFormed().replaceAll(/[?#]/g, "/");
  const [, query = ""] = draft.path.split("?");
  const start = random() < 0.5 ? draft.path.replace(/[^/]*$/, "") : `${draft.path.replace(/\?.*/, "")}/`;
  draft.path = `${start}${encoded}${query === "" ? "" : `?${query}`}`;
}

function spoilQuery(random: Random, draft: Draft): void {
  const length = randomLength(random, QUERY_BOUNDS);
  const name = pick(random, QUERIES);
  const value = randomText(random, length).toWellFormed();
  const whole = random() < 0.5 ? value : `${name}=${encodeURIComponent(value)}`;
  const plain = whole.replaceAll(/[#\s]/g, "+").slice(0, length);
  const language = random() < 0.3 ? "&lang=de" : "";
  draft.path = `${draft.path.split("?", 1)[0]}?${plain.slice(0, Math.max(length - language.length, 0))}${language}`;
}

function spoilCookies(random: Random, draft: Draft): void {
  const given = draft.headers["Cookie"] ?? "";
  const length = randomLength(random, COOKIE_BOUNDS);
  const text = randomText(random, length);
  const name = pick(random, COOKIES);
  const many = Array.from({ length: 2_000 }, (_, index) => `${index.toString(36)}=`).join(";");
  const spoilt = [
    `${given}; ${text}`,
    `${text}; ${given}`,
    `${given}; ${many}`,
    `${name}=${text}`,
    `${given.replace(`${name}=`, `${name}=${text}`)}`,
    Array.from({ length: 200 }, () => `${name}=${"a".repeat(40)}`).join("; "),
    given.replace(/[a-z0-9]{40}/g, "a".repeat(40)),
    `${given}; ${given}; ${given}`,
  ];
  draft.headers = { ...draft.headers, Cookie: toHeader(pick(random, spoilt)).slice(0, length) };
}

/** Values of a cookie that belongs to a factor: too long, of many parts, not decodable, or made for something else. */
export function oddCookieValues(length: number, foreign: string): Readonly<Record<string, string>> {
  return {
    long: "A".repeat(length),
    "of dots": ".".repeat(length),
    "of many parts": "a.".repeat(length / 2),
    "of many keys": "k1.".repeat(length / 3),
    "not base64": `k1.${"!".repeat(SEALED_MAX_CHARACTERS - 3)}`,
    "without a valid seal": `k1.${"-".repeat(SEALED_MAX_CHARACTERS - 3)}`,
    "of somebody else": foreign,
  };
}

/** Replaces one cookie of a `Cookie` header. */
export function withCookie(header: string, name: string, value: string): string {
  const others = header.split("; ").filter((pair) => !pair.startsWith(`${name}=`));
  return [...others, `${name}=${value}`].join("; ");
}

const spoilFactorCookie =
  (foreign: Scene["foreign"]) =>
  (random: Random, draft: Draft): void => {
    const end = pick(random, FACTOR_COOKIES);
    const values = Object.values(oddCookieValues(randomLength(random, COOKIE_BOUNDS), foreign[end]));
    const header = withCookie(draft.headers["Cookie"] ?? "", SESSION_COOKIE + end, pick(random, values));
    draft.headers = { ...draft.headers, Cookie: header };
  };

function spoilHeader(random: Random, draft: Draft): void {
  const name = pick(random, HEADERS);
  const text = randomText(random, randomLength(random, HEADER_BOUNDS));
  const value = name === "Content-Type" && random() < 0.7 ? `${draft.headers[name]}${text}` : text;
  const isOrigin = name === "Origin" || name === "Referer";
  draft.headers = { ...draft.headers, [name]: toHeader(isOrigin && random() < 0.5 ? ORIGIN + value : value) };
}

function spoilField(random: Random, draft: Draft): void {
  const names = draft.fields.map(([name]) => name);
  const name = random() < 0.8 && names.length > 0 ? pick(random, names) : pick(random, FIELDS);
  const text = randomText(random, randomLength(random, FIELD_BOUNDS));
  const value = name === "redirectTo" ? `/${text}` : text;
  const isSame = (each: string) => each === name || (name === "password" && each === "passwordConfirmation");
  draft.fields = names.includes(name)
    ? draft.fields.map(([each, given]) => [each, isSame(each) ? value : given] as const)
    : [...draft.fields, [name, value]];
  draft.body = random() < 0.8 ? urlEncode(random, draft.fields) : multipart(random, draft);
}

/** Replaces the whole body with one at its limit, beyond the limit, or of many small parts. */
function spoilForm(random: Random, draft: Draft): void {
  const length = randomLength(random, FORM_BOUNDS);
  const given = urlEncode(random, draft.fields);
  const bodies = [
    () => `${given}&${randomText(random, length).toWellFormed()}`,
    () => randomText(random, length).toWellFormed(),
    () => `${given}&a=${pick(random, ["%41", "%C3%A4", "+", "a", "%ED%A0%80"]).repeat(length)}`,
    () => multipart(random, { ...draft, fields: [...draft.fields, ["a", randomText(random, length)]] }),
    () => multipart(random, { ...draft, fields: Array.from({ length: length >> 6 }, (_, index) => [`${index}`, ""]) }),
    () => Array.from({ length: length >> 2 }, (_, index) => `${index.toString(36)}=`).join("&"),
  ];
  const body = new TextEncoder().encode(pick(random, bodies)());
  draft.body = body.slice(0, length);
  if (random() < 0.3) draft.pieces = PIECES;
}

function urlEncode(random: Random, fields: OrdinaryRequest["fields"]): string {
  const encode = (text: string) => encodeURIComponent(text.toWellFormed());
  const raw = random() < 0.2;
  return fields.map(([name, value]) => `${encode(name)}=${raw ? value.replaceAll("&", "+") : encode(value)}`).join("&");
}

function multipart(random: Random, draft: Draft): string {
  const boundary = pick(random, ["x", "x", "-".repeat(70), "a".repeat(70)]);
  draft.headers = { ...draft.headers, "Content-Type": `multipart/form-data; boundary=${boundary}` };
  const header = random() < 0.2 ? "X-A: b\r\n".repeat(100) : "";
  const parts = draft.fields.map(
    ([name, value]) =>
      `--${boundary}\r\n${header}Content-Disposition: form-data; name="${name}"\r\n\r\n${value.toWellFormed()}\r\n`,
  );
  return `${parts.join("")}${random() < 0.8 ? `--${boundary}--\r\n` : ""}`;
}

/** The bytes of `text` in UTF-8, with a space for each byte that no header can contain. */
function toHeader(text: string): string {
  return Buffer.from(text.toWellFormed(), "utf8")
    .toString("latin1")
    .replaceAll(/[\0\r\n]/g, " ");
}

/** A short description of a request, without the headers that every browser sends. */
export function describeRequest({ method, path, headers, body, pieces, visitor }: CostRequest): string {
  const cut = (text: string) => (text.length > 80 ? `${text.slice(0, 80)}… (${text.length})` : text);
  const text = typeof body === "string" ? body : new TextDecoder().decode(body ?? undefined);
  const odd = Object.entries(headers).filter(([name, value]) => BROWSER_HEADERS[name] !== value && name !== "Referer");
  const told = Object.fromEntries(odd.map(([name, value]) => [name, cut(value)]));
  return JSON.stringify({ method, path: cut(path), visitor, headers: told, body: cut(text), pieces });
}
