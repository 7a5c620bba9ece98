import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Browser, Page } from "../support/browser.ts";
import { type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { ADA } from "../support/people.ts";
import { drawRequest, type Material, type OddRequest } from "./fuzz/requests.ts";
import { secondsSince } from "./rounds.ts";
import { SEED_NOTE, seededRandom } from "./seed.ts";
import { readRows } from "./snapshot.ts";

/** `npm run test:resilience` sends 50,000. */
const REQUESTS = Number(process.env["GATEHOUSE_RANDOM_REQUESTS"] ?? 1_500);

/** From this number on, the figures are printed. */
const MANY = 10_000;

/**
 * The number of concurrent requests. More would wait for each other's hashes, and response times would show nothing.
 */
const VOICES = 6;
const ANSWER_MAX_MILLISECONDS = 2_000;

/** An https origin, with the cookie names and the headers that only https has. */
const ORIGIN = "https://gatehouse.test";
const COOKIE = "__Host-gatehouse";
const EVE = {
  ...ADA.signup,
  email: "eve@example.com",
  password: "eves own 1843",
  passwordConfirmation: "eves own 1843",
};

const HEADERS: Readonly<Record<string, RegExp>> = {
  "Content-Security-Policy": /^default-src 'none'; .*frame-ancestors 'none'/,
  "Strict-Transport-Security": /^max-age=63072000/,
  "X-Content-Type-Options": /^nosniff$/,
  "Referrer-Policy": /^same-origin$/,
  "Cross-Origin-Opener-Policy": /^same-origin$/,
  "Cross-Origin-Resource-Policy": /^same-origin$/,
  "X-Request-Id": /^[0-9a-f-]{36}$/,
  "Cache-Control": /./,
};

describe("fuzzing", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse({ SOURCE_POSTS_MAX: "1000000" });
  });
  afterAll(() => gatehouse.close());

  const join = async (typed: Readonly<Record<string, string>>): Promise<Browser> => {
    const browser = gatehouse.browser(ORIGIN);
    expect((await browser.post("/auth/signup", new URLSearchParams(typed))).status).toBe(303);
    await gatehouse.inbox.newest(typed["email"] ?? "");
    return browser;
  };
  const tokenOf = async (email: string) =>
    /verify-email\/([a-z0-9]{40})/.exec((await gatehouse.inbox.newest(email)).text)?.[1] ?? "";
  const handleOf = (browser: Browser) =>
    createHash("sha256")
      .update(browser.cookies.get(COOKIE) ?? "")
      .digest("hex");
  const jarOf = (browser: Browser) => [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");

  const collectMaterial = async (ada: Browser, eve: Browser): Promise<Material> => {
    const [userId = ""] = (ada.cookies.get(COOKIE) ?? "").split(".");
    const [, ownSecret = ""] = (eve.cookies.get(COOKIE) ?? "").split(".");
    const used = await tokenOf(ADA.email);
    const answer = await ada.post(`/auth/verify-email/${used}`, new URLSearchParams());
    expect(answer.status).toBe(303);
    return {
      origin: ORIGIN,
      cookies: [
        jarOf(eve),
        jarOf(eve),
        `${COOKIE}=${userId}.${ownSecret}`,
        `${COOKIE}=${userId}.${"a".repeat(40)}`,
        "a=b",
      ],
      tokens: [used, await tokenOf(EVE.email), "a".repeat(40), ownSecret],
      emails: [ADA.email, EVE.email, "nobody@example.com", "somebody@example.com"],
      passwords: [EVE.password, "somebody's guess", "password1"],
      handles: [handleOf(ada), handleOf(eve), "0".repeat(64)],
    };
  };

  /** The parts of the account that only its owner may change. */
  const readAccount = async (ada: Browser) => {
    const rows = await readRows(gatehouse);
    const user = rows.users.find(({ email }) => email === ADA.email);
    const sessions = (await gatehouse.redis.hkeys(`person:${user?.["id"]}`)).toSorted();
    const { body } = await ada.open("/auth/session");
    return { user, keys: rows.keys.filter(({ user_id }) => user_id === user?.["id"]), sessions, body };
  };

  test(
    `of ${REQUESTS} random requests none fails, is slow, lacks the security headers or changes another account`,
    async () => {
      const ada = await join(ADA.signup);
      const material = await collectMaterial(ada, await join(EVE));
      await gatehouse.settle();
      const before = await readAccount(ada);
      const statuses = new Map<number, number>();
      const problems: string[] = [];
      let slowest = 0;
      let next = 0;
      const startedAt = performance.now();

      const speak = async () => {
        while (next < REQUESTS && problems.length < 10) {
          const number = next;
          next += 1;
          const request = drawRequest(seededRandom(`noise ${number}`), material);
          const sentAt = performance.now();
          const page = await gatehouse.browser(ORIGIN).request(ORIGIN + request.path, { ...request });
          const milliseconds = performance.now() - sentAt;
          slowest = Math.max(slowest, milliseconds);
          statuses.set(page.status, (statuses.get(page.status) ?? 0) + 1);
          for (const problem of findProblems(page, milliseconds)) {
            problems.push(`${problem}: ${describeRequest(request)} (${SEED_NOTE}, request ${number})`);
          }
          // Without this, all logged lines would be kept until the end.
          if (number % 500 === 0) problems.push(...findFailures(gatehouse.takeLogs()));
        }
      };
      await Promise.all(Array.from({ length: VOICES }, speak));
      expect(problems).toEqual([]);

      await gatehouse.settle();
      expect(await readAccount(ada), SEED_NOTE).toEqual(before);
      expect((await ada.open("/app")).status).toBe(200);
      const again = gatehouse.browser(ORIGIN);
      again.cookies.set(`${COOKIE}-device`, ada.cookies.get(`${COOKIE}-device`) ?? "");
      expect((await again.post("/auth/signin", new URLSearchParams(ADA.signin))).status, SEED_NOTE).toBe(303);
      if (REQUESTS < MANY) return;
      const figures = { seconds: secondsSince(startedAt), slowestMilliseconds: Math.round(slowest) };
      console.log({ noise: REQUESTS, ...figures, statuses: Object.fromEntries(statuses) });
    },
    60_000 + REQUESTS * 20,
  );
});

function findProblems({ status, headers }: Page, milliseconds: number): string[] {
  const problems: string[] = [];
  if (status >= 500) problems.push(`answered ${status}`);
  if (milliseconds > ANSWER_MAX_MILLISECONDS) problems.push(`answered after ${Math.round(milliseconds)} ms`);
  for (const [name, value] of Object.entries(HEADERS)) {
    if (!value.test(headers.get(name) ?? "")) problems.push(`${status} with ${name}: ${headers.get(name)}`);
  }
  const readable = [...headers.keys()].filter((name) => name.startsWith("access-control-"));
  if (readable.length > 0) problems.push(`${status} with ${readable}`);
  const location = headers.get("Location");
  if (location !== null && new URL(location, ORIGIN).origin !== ORIGIN) problems.push(`leads to ${location}`);
  return problems;
}

function findFailures(lines: readonly string[]): string[] {
  return lines.filter((line) => /"event":"(?:request-failed|deferred-work-failed)"/.test(line));
}

function describeRequest({ method, path, headers, body }: OddRequest): string {
  const text = body instanceof Uint8Array ? Buffer.from(body).toString("base64") : body;
  const short = Object.entries(headers).map(([name, value]) => [name, value.slice(0, 160)]);
  return JSON.stringify({
    method,
    path: path.slice(0, 160),
    headers: Object.fromEntries(short),
    body: text?.slice(0, 400),
  });
}
