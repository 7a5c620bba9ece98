import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type App, turnOnSecondStep } from "../support/authenticator.ts";
import type { Browser, Page } from "../support/browser.ts";
import { type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { addPasskey } from "../support/passkey.ts";
import { ADA } from "../support/people.ts";
import { drawRequest, type Material, type OddRequest } from "./fuzz/requests.ts";
import { secondsSince } from "./rounds.ts";
import { SEED_NOTE, seededRandom } from "./seed.ts";
import { putBackKeys, putBackRows, readRows, takeSnapshot } from "./snapshot.ts";

/** `npm run test:resilience` sends 50,000. */
const REQUESTS = Number(process.env["GATEHOUSE_RANDOM_REQUESTS"] ?? 1_500);

/** From this number on, the figures are printed. */
const MANY = 10_000;

/**
 * After this many requests the stores are put back: by then the visitors have signed out or deleted their accounts, and
 * limits answer most forms.
 */
const ROUND = 500;

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
/** She has the second step. */
const MALLORY = { ...EVE, email: "mallory@example.com" };

const SECOND_STEP = "/auth/second-step";

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

  const enter = async ({ email, password }: Readonly<Record<"email" | "password", string>>, device?: Browser) => {
    const browser = gatehouse.browser(ORIGIN);
    if (device !== undefined) browser.cookies.set(`${COOKIE}-device`, device.cookies.get(`${COOKIE}-device`) ?? "");
    const answer = await browser.post("/auth/signin", new URLSearchParams({ email, password }));
    expect([email, answer.status], SEED_NOTE).toEqual([email, 303]);
    return { browser, answer };
  };

  /** A person with a passkey and an app, and their phone, which is remembered. */
  interface Protected {
    readonly browser: Browser;
    readonly phone: Browser;
    readonly app: App;
    /** The secret of their link, which is consumed. */
    readonly token: string;
    readonly passkey: string;
    readonly devices: readonly string[];
  }
  const protect = async (browser: Browser, typed: typeof MALLORY): Promise<Protected> => {
    const token = await tokenOf(typed.email);
    const verified = await browser.post(`/auth/verify-email/${token}`, new URLSearchParams());
    expect(verified.status).toBe(303);
    await addPasskey(browser);
    const app = await turnOnSecondStep(gatehouse, browser);
    const { browser: phone } = await enter(typed);
    await phone.post(SECOND_STEP, new URLSearchParams({ code: app.code(), remember: "yes" }));
    await gatehouse.settle();
    const page = await browser.open("/app/account/sign-in");
    const passkey = page.links().flatMap((path) => /passkeys\/([0-9a-f]{64})$/.exec(path)?.[1] ?? [])[0] ?? "";
    const devices = page.values("device").filter((id) => id !== "all");
    expect([passkey.length, devices.length]).toEqual([64, 1]);
    return { browser, phone, app, token, passkey, devices };
  };

  /** The cookie of a browser in which only the password was entered. It is valid for ten minutes. */
  const standAtSecondStep = async (typed: Parameters<typeof enter>[0]) => {
    const { browser } = await enter(typed);
    expect((await browser.open(SECOND_STEP)).status).toBe(200);
    return `${COOKIE}-second-step=${browser.cookies.get(`${COOKIE}-second-step`)}`;
  };

  /** What Eve and Mallory have, who also know Ada's password. */
  const collectMaterial = async (ada: Protected, eve: Browser, mallory: Protected) => {
    const [userId = ""] = (ada.browser.cookies.get(COOKIE) ?? "").split(".");
    const [, ownSecret = ""] = (eve.cookies.get(COOKIE) ?? "").split(".");
    return {
      origin: ORIGIN,
      cookies: [
        jarOf(eve),
        jarOf(eve),
        jarOf(mallory.browser),
        jarOf(mallory.phone),
        `${COOKIE}=${userId}.${ownSecret}`,
        `${COOKIE}=${userId}.${"a".repeat(40)}`,
        "a=b",
      ],
      tokens: [ada.token, await tokenOf(EVE.email), "a".repeat(40), ownSecret],
      emails: [ADA.email, EVE.email, MALLORY.email, "unused@example.com", "unknown@example.com"],
      passwords: [EVE.password, "somebody's guess", "password1"],
      handles: [...[ada.browser, ada.phone, eve, mallory.phone].map(handleOf), "0".repeat(64)],
      passkeys: [ada.passkey, mallory.passkey, "0".repeat(64)],
      devices: [...ada.devices, ...mallory.devices],
      recoveryCodes: mallory.app.recoveryCodes,
    };
  };

  /** The parts of the account that only its owner may change. */
  const readAccount = async (ada: Browser) => {
    const { users, keys, passkeys, authenticators, recovery_codes, trusted_devices } = await readRows(gatehouse);
    const user = users.find(({ email }) => email === ADA.email);
    const factors = [keys, passkeys, authenticators, recovery_codes, trusted_devices];
    const own = factors.map((rows) => rows.filter(({ user_id }) => user_id === user?.["id"]));
    const sessions = (await gatehouse.redis.hkeys(`person:${user?.["id"]}`)).toSorted();
    const { body } = await ada.open("/auth/session");
    return { user, own, sessions, body };
  };

  test(
    `of ${REQUESTS} random requests none fails, is slow, lacks the security headers or changes another account`,
    async () => {
      const ada = await protect(await join(ADA.signup), ADA.signup);
      const eve = await join(EVE);
      const mallory = await protect(await join(MALLORY), MALLORY);
      const collected = await collectMaterial(ada, eve, mallory);
      await gatehouse.settle();
      const before = await readAccount(ada.browser);
      expect(before.own.map((rows) => rows.length)).toEqual([2, 1, 1, 10, 1]);
      const snapshot = await takeSnapshot(gatehouse);
      const statuses = new Map<number, number>();
      const problems: string[] = [];
      let slowest = 0;
      const startedAt = performance.now();

      const speak = async (number: number, material: Material) => {
        const request = drawRequest(seededRandom(`noise ${number}`), material);
        const sentAt = performance.now();
        const page = await gatehouse.browser(ORIGIN).request(ORIGIN + request.path, { ...request });
        const milliseconds = performance.now() - sentAt;
        slowest = Math.max(slowest, milliseconds);
        statuses.set(page.status, (statuses.get(page.status) ?? 0) + 1);
        for (const problem of findProblems(page, milliseconds)) {
          problems.push(`${problem}: ${describeRequest(request)} (${SEED_NOTE}, request ${number})`);
        }
      };
      for (let first = 0; first < REQUESTS; first += ROUND) {
        await putBackRows(snapshot, gatehouse);
        await putBackKeys(snapshot, gatehouse);
        for (const visitor of [eve, mallory.browser, mallory.phone]) {
          expect((await visitor.open("/auth/session")).body, SEED_NOTE).not.toBe("null");
        }
        const standing = [await standAtSecondStep(MALLORY), await standAtSecondStep(ADA)];
        const material = { ...collected, standing };
        let next = first;
        const end = Math.min(first + ROUND, REQUESTS);
        const speakOn = async () => {
          while (next < end && problems.length < 10) {
            next += 1;
            await speak(next - 1, material);
          }
        };
        await Promise.all(Array.from({ length: VOICES }, speakOn));
        await gatehouse.settle();
        problems.push(...findFailures(gatehouse.takeLogs()));
        expect([problems, await readAccount(ada.browser)], SEED_NOTE).toEqual([[], before]);
      }
      expect((await ada.browser.open("/app")).status).toBe(200);
      const { answer } = await enter(ADA, ada.phone);
      expect(answer.location, SEED_NOTE).toBe(SECOND_STEP);
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
