import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Browser } from "../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouses } from "../support/gatehouse.ts";
import { ADA, signUp } from "../support/people.ts";
import { ageAttempts, countAttempts, userIdOf } from "../support/stored.ts";

const FORMS_PER_WINDOW = 1;
/** In a day, an ip may send as many forms as in ten windows. */
const FORMS_PER_DAY = 10 * FORMS_PER_WINDOW;
const HEADERS = { "CF-Connecting-IP": "203.0.113.9" };
const DAY = 24 * 60 * 60_000;

const TABLES = [
  "users",
  "keys",
  "one_time_tokens",
  "account_events",
  "pending_signups",
  "reserved_emails",
  "outbox",
] as const;

/** The most rows and keys that one form adds, according to docs/security.md. */
const FORM_MAX = {
  users: 1,
  keys: 1,
  one_time_tokens: 1,
  account_events: 2,
  pending_signups: 1,
  reserved_emails: 1,
  outbox: 2,
  redis: 6,
} as const;
/** Each ip has one more key, which counts its forms. */
const IP_KEYS = 1;

describe.skipIf(enginesAreMissing())("the data that one ip adds in a day:", () => {
  let optional: Gatehouse;
  let required: Gatehouse;
  beforeAll(async () => {
    const vars = { SOURCE_POSTS_MAX: `${FORMS_PER_WINDOW}`, SOURCE_POSTS_WINDOW_MINUTES: "15" };
    const both = [vars, { ...vars, EMAIL_VERIFICATION: "required" }];
    [optional, required] = (await startGatehouses(both.map((each) => async () => each))) as [Gatehouse, Gatehouse];
  });
  beforeEach(() => Promise.all([optional, required].map((gatehouse) => gatehouse.reset())));
  afterAll(async () => {
    await required.close();
    await optional.close();
  });

  const count = async ({ database }: Gatehouse, table: (typeof TABLES)[number]) =>
    Number((await database.execute<{ rows: string }>(`select count(*) as \`rows\` from \`${table}\``)).rows[0]?.rows);
  const measure = async (gatehouse: Gatehouse) => {
    await gatehouse.settle();
    const rows = await Promise.all(TABLES.map(async (table) => [table, await count(gatehouse, table)] as const));
    return { ...Object.fromEntries(rows), redis: (await gatehouse.redis.keys("*")).length } as Record<string, number>;
  };

  /** Sends all forms that a day allows. Resolves to their number and to the seconds until the next form is accepted. */
  const sendAll = async (
    gatehouse: Gatehouse,
    send: (number: number) => Promise<{ status: number; headers: Headers }>,
  ) => {
    let sent = 0;
    while (true) {
      const { status, headers } = await send(sent);
      if (status !== 429) {
        sent += 1;
        continue;
      }
      const seconds = Number(headers.get("Retry-After"));
      if (seconds > 15 * 60) return { sent, seconds };
      await ageAttempts(gatehouse, "window:ip:*", seconds * 1_000);
    }
  };
  const post = (gatehouse: Gatehouse, path: string, fields: Readonly<Record<string, string>>, browser?: Browser) =>
    (browser ?? gatehouse.browser()).post(path, new URLSearchParams(fields), HEADERS);

  const KINDS: readonly (readonly [
    name: string,
    which: () => Gatehouse,
    send: (gatehouse: Gatehouse, number: number) => Promise<{ status: number; headers: Headers }>,
  ])[] = [
    [
      "sign-ups",
      () => optional,
      (gatehouse, number) => post(gatehouse, "/auth/signup", { ...ADA.signup, email: `p${number}@example.com` }),
    ],
    [
      "pending sign-ups",
      () => required,
      (gatehouse, number) => post(gatehouse, "/auth/signup", { ...ADA.signup, email: `p${number}@example.com` }),
    ],
    [
      "requests for a password reset",
      () => optional,
      (gatehouse, number) => post(gatehouse, "/auth/forgot-password", { email: `p${number}@example.com` }),
    ],
    [
      "sign-in attempts without an account",
      () => optional,
      (gatehouse, number) =>
        post(gatehouse, "/auth/signin", { email: `p${number}@example.com`, password: "not the password" }),
    ],
  ];

  test.each(KINDS)(
    "%s are limited to ten windows, and add at most the documented rows and keys",
    async (_, which, send) => {
      const gatehouse = which();
      const before = await measure(gatehouse);
      const { sent, seconds } = await sendAll(gatehouse, (number) => send(gatehouse, number));
      expect([sent, seconds > 20 * 60 * 60, seconds <= DAY / 1_000]).toEqual([FORMS_PER_DAY, true, true]);
      await expect.poll(() => gatehouse.logs()).toContain('"limit":"ip-day"');
      expect(await countAttempts(gatehouse, "window:ip:*")).toBe(FORMS_PER_DAY);
      const after = await measure(gatehouse);
      for (const [table, max] of Object.entries(FORM_MAX)) {
        const added = (after[table] ?? 0) - (before[table] ?? 0) - (table === "redis" ? IP_KEYS : 0);
        expect([table, added / sent <= max]).toEqual([table, true]);
      }
      await ageAttempts(gatehouse, "window:ip:*", DAY);
      expect((await send(gatehouse, sent)).status).not.toBe(429);
      for (const key of await gatehouse.redis.keys("*")) expect(await gatehouse.redis.pttl(key)).toBeGreaterThan(0);
    },
  );

  test("sign-ins and sign-outs of one account add 100 rows a day, then one row per type that counts them", async () => {
    const gatehouse = optional;
    const owner = await signUp(gatehouse);
    const userId = userIdOf(owner);
    const today = Date.now();
    const rows = Array.from({ length: 97 }, (_, index) => `('early-${index}', '${userId}', 'signed-in', ${today})`);
    await gatehouse.database.execute(
      `insert into account_events (id, user_id, type, occurred_at) values ${rows.join(", ")}`,
    );
    const countOccurrences = async () => {
      const select = "select occurrences from account_events";
      const { rows } = await gatehouse.database.execute<{ occurrences: number }>(select);
      return rows.reduce((sum, row) => sum + row.occurrences, 0);
    };
    for (let round = 1; round <= 4; round += 1) {
      const browser = gatehouse.browser();
      await ageAttempts(gatehouse, "window:ip:*", 15 * 60_000);
      expect((await post(gatehouse, "/auth/signin", ADA.signin, browser)).status).toBe(303);
      await expect.poll(countOccurrences).toBe(98 + 2 * round - 1);
      await post(gatehouse, "/auth/signout", {}, browser);
      await expect.poll(countOccurrences).toBe(98 + 2 * round);
    }
    const { rows: shared } = await gatehouse.database.execute<{ type: string; occurrences: number | string }>(
      "select type, occurrences from account_events where id like ? order by type",
      [`${userId}:%`],
    );
    expect(shared.map(({ type, occurrences }) => [type, Number(occurrences)])).toEqual([
      ["signed-in", 3],
      ["signed-out", 3],
    ]);
    // 100 rows: the sign-up, the 97 inserted above, the first sign-in and the first sign-out. Two more rows are shared.
    expect(await count(gatehouse, "account_events")).toBe(102);
    expect((await owner.open("/app/account/activity")).text).toContain("Signed in, 3 times");
  });

  test("events of the next day have separate rows again", async () => {
    const gatehouse = optional;
    const owner = await signUp(gatehouse);
    const yesterday = Date.parse(new Date().toISOString().slice(0, 10)) - 1;
    const rows = Array.from(
      { length: 150 },
      (_, index) => `('early-${index}', '${userIdOf(owner)}', 'signed-in', ${yesterday})`,
    );
    await gatehouse.database.execute(
      `insert into account_events (id, user_id, type, occurred_at) values ${rows.join(", ")}`,
    );
    expect((await post(gatehouse, "/auth/signin", ADA.signin)).status).toBe(303);
    await expect.poll(() => count(gatehouse, "account_events")).toBe(152);
    const { rows: shared } = await gatehouse.database.execute("select id from account_events where id like '%:%'");
    expect(shared).toEqual([]);
  });

  test("messages to one mailbox add at most three rows, and refused requests count for the ip", async () => {
    const statuses: number[] = [];
    for (let form = 0; form < 5; form += 1) {
      await ageAttempts(optional, "window:ip:*", 15 * 60_000);
      statuses.push((await post(optional, "/auth/forgot-password", { email: ADA.email })).status);
    }
    expect(statuses).toEqual([303, 303, 303, 429, 429]);
    await optional.settle();
    expect(await count(optional, "one_time_tokens")).toBeLessThanOrEqual(3);
    expect(await countAttempts(optional, "window:mail-day:*")).toBe(3);
    expect(await countAttempts(optional, "window:ip:*")).toBe(5);
  });
});
