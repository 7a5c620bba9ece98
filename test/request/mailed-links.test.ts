import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  consumeToken,
  generateTokenSecrets,
  issueToken,
  peekToken,
  StaleState,
  type TokenSecrets,
} from "../../src/auth/tokens/one-time-tokens.ts";
import { createDatabase } from "../../src/store/database.ts";
import type { OneTimeTokenRow } from "../../src/store/schema.ts";
import type { Browser } from "../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { codeIn, linkIn, type ReceivedMail } from "../support/inbox.ts";
import { ADA, signUp } from "../support/people.ts";

const FORGOT = "/auth/forgot-password";
const RESET = "/auth/reset-password";
const VERIFY = "/auth/verify-email";
const FRESH = { password: "difference engine 1822", passwordConfirmation: "difference engine 1822" };
const HOME = "203.0.113.7";
const ELSEWHERE = "198.51.100.9";
const DEVICE = "gatehouse-device";

describe.skipIf(enginesAreMissing())("mailed links", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const post = (browser: Browser, path: string, fields: Readonly<Record<string, string>>, from = HOME) =>
    browser.post(path, new URLSearchParams(fields), { "CF-Connecting-IP": from });
  const verified = async (): Promise<Browser> => {
    const owner = await signUp(gatehouse);
    await post(owner, VERIFY, { code: codeIn(await gatehouse.inbox.newest(ADA.email)) });
    await gatehouse.settle();
    return owner;
  };
  /** Resets all limits, requests a password reset, and resolves to the link in the message. */
  const ask = async (from = HOME, browser = gatehouse.browser()): Promise<string> => {
    await gatehouse.redis.flushdb();
    return mailedAfter(browser, from);
  };
  const mailedAfter = async (browser: Browser, from = HOME): Promise<string> => {
    const seen = new Set((await gatehouse.inbox.at(ADA.email)).map(({ id }) => id));
    expect((await post(browser, FORGOT, { email: ADA.email }, from)).status).toBe(303);
    const isNew = ({ id, text }: ReceivedMail) => !seen.has(id) && text.includes(`${RESET}/`);
    const arrived = async () => (await gatehouse.inbox.at(ADA.email)).find(isNew);
    await expect.poll(arrived, { timeout: 10_000 }).toBeDefined();
    const mail = await arrived();
    return mail ? linkIn(mail, `${RESET}/`) : "";
  };
  /** A signed-out browser with the cookie of a known device of the owner. */
  const deviceOf = (owner: Browser): Browser => {
    const browser = gatehouse.browser();
    browser.cookies.set(DEVICE, owner.cookies.get(DEVICE) ?? "");
    return browser;
  };
  const open = async (link: string) => {
    const browser = gatehouse.browser();
    return { browser, page: await browser.follow(await browser.open(link)) };
  };
  const statuses = async (links: readonly string[]) => {
    const opened: number[] = [];
    for (const link of links) opened.push((await open(link)).page.status);
    return opened;
  };

  test("of one purpose are valid side by side, up to the newest three, and using one revokes the others", async () => {
    await verified();
    const links = [await ask(), await ask(), await ask()];
    expect(await statuses(links)).toEqual([200, 200, 200]);
    links.push(await ask());
    expect(await statuses(links)).toEqual([410, 200, 200, 200]);
    const { browser, page } = await open(links[1] ?? "");
    expect((await browser.submit(page, RESET, FRESH)).status).toBe(303);
    expect(await statuses(links)).toEqual([410, 410, 410, 410]);
  });

  test("are not revoked by requests from another ip", async () => {
    await verified();
    const owners = await ask();
    for (let times = 0; times < 4; times += 1) await ask(ELSEWHERE);
    const { browser, page } = await open(owners);
    expect(page.status).toBe(200);
    expect((await browser.submit(page, RESET, FRESH)).status).toBe(303);
  });

  test("to a known device are not revoked by requests from the same network, which are counted separately", async () => {
    const device = deviceOf(await verified());
    const owners = await mailedAfter(device);
    const strangers: string[] = [];
    for (let times = 0; times < 3; times += 1) strangers.push(await mailedAfter(gatehouse.browser()));
    expect(await statuses([owners, ...strangers])).toEqual([200, 200, 200, 200]);
    const { browser, page } = await open(owners);
    expect((await browser.submit(page, RESET, FRESH)).status).toBe(303);
    expect(await statuses(strangers)).toEqual([410, 410, 410]);
  });

  test("to a known device are its newest three from all ips, and revoke no link to an unknown device", async () => {
    const device = deviceOf(await verified());
    const strangers = await ask(ELSEWHERE);
    const links = [await ask(HOME, device), await ask(ELSEWHERE, device), await ask(HOME, device)];
    expect(await statuses(links)).toEqual([200, 200, 200]);
    links.push(await ask(ELSEWHERE, device));
    expect(await statuses(links)).toEqual([410, 200, 200, 200]);
    expect(await statuses([strangers])).toEqual([200]);
  });

  test("stay valid after their browser has become a known device", async () => {
    await verified();
    const browser = gatehouse.browser();
    const link = await ask(HOME, browser);
    expect((await post(browser, "/auth/signin", ADA.signin)).status).toBe(303);
    await gatehouse.settle();
    const device = deviceOf(browser);
    for (let times = 0; times < 3; times += 1) await ask(HOME, device);
    expect(await statuses([link])).toEqual([200]);
  });

  test("are not revoked by a request that is refused", async () => {
    await verified();
    const link = await ask();
    const seen: number[] = [];
    for (let times = 0; times < 6; times += 1) {
      seen.push((await post(gatehouse.browser(), FORGOT, { email: ADA.email })).status);
    }
    expect(seen).toContain(429);
    await gatehouse.settle();
    expect(await statuses([link])).toEqual([200]);
  });

  test("to verify an email stay valid in their browser after another message, but their code does not", async () => {
    const owner = await signUp(gatehouse);
    const first = await gatehouse.inbox.newest(ADA.email);
    await post(owner, `${VERIFY}/resend`, {});
    const second = await gatehouse.inbox.newest(ADA.email, 2);
    expect((await post(owner, VERIFY, { code: codeIn(first) })).status).toBe(422);
    const link = linkIn(first, `${VERIFY}/`);
    expect((await owner.submit(await owner.open(link), link)).location).toBe("/app");
    expect((await gatehouse.browser().open(linkIn(second, `${VERIFY}/`))).status).toBe(410);
    expect((await gatehouse.database.execute("select * from one_time_tokens")).rows).toEqual([]);
  });

  test("to confirm a new email are revoked when another change is confirmed", async () => {
    const owner = await verified();
    const mailed = async (email: string) => {
      await post(owner, "/app/account/email", { email, currentPassword: ADA.password });
      return linkIn(await gatehouse.inbox.newest(email), "/auth/confirm-email/");
    };
    const links = [await mailed("one@example.com"), await mailed("two@example.com")] as const;
    for (const link of links) expect((await owner.open(link)).status).toBe(200);
    expect((await owner.submit(await owner.open(links[0]), links[0])).status).toBe(303);
    expect((await owner.open(links[1])).status).toBe(410);
  });

  describe("in the database,", () => {
    const database = () => createDatabase({ database: { url: gatehouse.standIns.databaseUrl } });
    const { email } = ADA;

    test("of fifty concurrent requests never wait for each other, and the newest three are valid", async () => {
      const now = Date.now();
      const issued = Array.from({ length: 50 }, (_, index) => ({ secrets: generateTokenSecrets(), at: now + index }));
      const request = { purpose: "reset-password", email, userId: null, requester: HOME } as const;
      await Promise.all(issued.map(({ secrets, at }) => issueToken(database(), request, secrets, at)));
      const peeked = await Promise.all(issued.map(({ secrets }) => peek(secrets, now)));
      expect(peeked.map((row) => row !== null)).toEqual(issued.map((_, index) => index >= 47));
    });

    test("of fifty concurrent requesters revoke only those of the same requester, also within one millisecond", async () => {
      const now = Date.now();
      const issued = Array.from({ length: 50 }, () => generateTokenSecrets());
      const issue = (secrets: TokenSecrets, index: number) =>
        issueToken(
          database(),
          { purpose: "reset-password", email, userId: null, requester: `192.0.2.${index % 10}` },
          secrets,
          now,
        );
      await Promise.all(issued.map(issue));
      const peeked = await Promise.all(issued.map((secrets) => peek(secrets, now)));
      expect(peeked.filter((row) => row !== null)).toHaveLength(30);
    });

    test("that are used three at a time are consumed exactly once, and no row is left", async () => {
      const now = Date.now();
      const issued = Array.from({ length: 3 }, () => generateTokenSecrets());
      const request = { purpose: "reset-password", email, userId: null, requester: HOME } as const;
      for (const secrets of issued) await issueToken(database(), request, secrets, now);
      const rows = (await Promise.all(issued.map((secrets) => peek(secrets, now)))).filter((row) => row !== null);
      const use = async (row: OneTimeTokenRow) => {
        try {
          await database().transaction((transaction) => consumeToken(transaction, row, now));
          return "consumed";
        } catch (error) {
          if (error instanceof StaleState) return "stale";
          throw error;
        }
      };
      const outcomes = await Promise.all([...rows, ...rows, ...rows].map(use));
      expect(outcomes.filter((outcome) => outcome === "consumed")).toHaveLength(1);
      expect((await gatehouse.database.execute("select * from one_time_tokens")).rows).toEqual([]);
    });

    test("are compatible with the statements of the previous release", async () => {
      const owner = await verified();
      const userId = owner.cookies.get("gatehouse")?.split(".")[0] ?? "";
      const now = Date.now();
      const values = (name: string, subject: string, user: string | null) => [
        "reset-password",
        subject,
        name.padEnd(64, "0"),
        email,
        user,
        null,
        `browser-${name}`,
        `code-${name}`,
        now + 600_000,
        now + 3_600_000,
        now,
      ];
      for (const name of ["first", "second"]) {
        await gatehouse.database.execute(PREVIOUS.issueForEmail, values(name, email, null));
        await gatehouse.database.execute(PREVIOUS.issueForUser, [...values(`user-${name}`, userId, userId), userId]);
      }
      await gatehouse.database.execute(PREVIOUS.bind, [userId, "second".padEnd(64, "0")]);
      const found = await gatehouse.database.execute(PREVIOUS.peek, ["second".padEnd(64, "0"), "reset-password", now]);
      expect(found.rows).toMatchObject([{ user_id: userId, requester: "", email }]);
      const consumed = await gatehouse.database.execute(PREVIOUS.consume, [
        "second".padEnd(64, "0"),
        "reset-password",
        now,
      ]);
      expect(consumed.rowsAffected).toBe(1);
      await gatehouse.database.execute(PREVIOUS.voidTokens, [["reset-password"], [email, userId]]);
      expect((await gatehouse.database.execute("select * from one_time_tokens")).rows).toEqual([]);
    });

    const peek = (secrets: TokenSecrets, now: number) => peekToken(database(), "reset-password", secrets.token, now);
  });
});

const PREVIOUS_INSERT = `
insert into one_time_tokens (purpose, subject, token_hash, email, user_id, hashed_password, browser_hash, code_hash,
  attempts, code_expires_at, expires_at, created_at)`;
const PREVIOUS_VALUES = "?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?";
const PREVIOUS_REPLACE = `
on duplicate key update token_hash = values(token_hash), email = values(email), user_id = values(user_id),
  hashed_password = values(hashed_password), browser_hash = values(browser_hash), code_hash = values(code_hash),
  attempts = 0, code_expires_at = values(code_expires_at), expires_at = values(expires_at), created_at = values(created_at)`;

/** The statements of the previous release. During a rollout, both releases run on the new schema. */
const PREVIOUS = {
  issueForEmail: `${PREVIOUS_INSERT} values (${PREVIOUS_VALUES}) ${PREVIOUS_REPLACE}`,
  issueForUser: `${PREVIOUS_INSERT} select ${PREVIOUS_VALUES} from users where id = ? ${PREVIOUS_REPLACE}`,
  bind: "update one_time_tokens set user_id = ? where token_hash = ?",
  peek: "select * from one_time_tokens where token_hash = ? and purpose = ? and expires_at > ?",
  consume: "delete from one_time_tokens where token_hash = ? and purpose = ? and expires_at > ?",
  voidTokens: "delete from one_time_tokens where purpose in (?) and subject in (?)",
};
