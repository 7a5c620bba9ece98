import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Browser } from "../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouses } from "../support/gatehouse.ts";
import { ADA, signUp } from "../support/people.ts";
import { ageAttempts, countAttempts, userIdOf } from "../support/stored.ts";

const MAX = 1;
/** The daily limit of an ip is ten windows. */
const A_DAY = 10 * MAX;
const FROM = { "CF-Connecting-IP": "203.0.113.9" };
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

/** The maximum that one form adds, from docs/security.md. */
const A_FORM = {
  users: 1,
  keys: 1,
  one_time_tokens: 1,
  account_events: 2,
  pending_signups: 1,
  reserved_emails: 1,
  outbox: 2,
  redis: 6,
} as const;
/** In addition, for an ip that sends no forms: the counter of its requests. */
const SOURCE_KEYS = 1;

describe.skipIf(enginesAreMissing())("what a source can make grow in a day", () => {
  let optional: Gatehouse;
  let required: Gatehouse;
  beforeAll(async () => {
    const vars = { SOURCE_POSTS_MAX: `${MAX}`, SOURCE_POSTS_WINDOW_MINUTES: "15" };
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

  /** Sends as many forms as the limits allow in a day. Returns their number and the time of the next one. */
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
    (browser ?? gatehouse.browser()).post(path, new URLSearchParams(fields), FROM);

  const KINDS: readonly (readonly [
    name: string,
    which: () => Gatehouse,
    send: (gatehouse: Gatehouse, number: number) => Promise<{ status: number; headers: Headers }>,
  ])[] = [
    [
      "sign-ups that are accounts at once",
      () => optional,
      (gatehouse, number) => post(gatehouse, "/auth/signup", { ...ADA.signup, email: `p${number}@example.com` }),
    ],
    [
      "sign-ups that wait",
      () => required,
      (gatehouse, number) => post(gatehouse, "/auth/signup", { ...ADA.signup, email: `p${number}@example.com` }),
    ],
    [
      "forgotten passwords",
      () => optional,
      (gatehouse, number) => post(gatehouse, "/auth/forgot-password", { email: `p${number}@example.com` }),
    ],
    [
      "guesses at accounts that there are not",
      () => optional,
      (gatehouse, number) => post(gatehouse, "/auth/signin", { email: `p${number}@example.com`, password: "a guess" }),
    ],
  ];

  test.each(KINDS)("%s: ten windows of them, each adds what the table says, then it waits", async (_, which, send) => {
    const gatehouse = which();
    const before = await measure(gatehouse);
    const { sent, seconds } = await sendAll(gatehouse, (number) => send(gatehouse, number));
    expect([sent, seconds > 20 * 60 * 60, seconds <= DAY / 1_000]).toEqual([A_DAY, true, true]);
    expect(gatehouse.logs()).toContain('"limit":"ip-day"');
    expect(await countAttempts(gatehouse, "window:ip:*")).toBe(A_DAY);
    const after = await measure(gatehouse);
    for (const [what, most] of Object.entries(A_FORM)) {
      const grown = (after[what] ?? 0) - (before[what] ?? 0) - (what === "redis" ? SOURCE_KEYS : 0);
      expect([what, grown / sent <= most]).toEqual([what, true]);
    }
    await ageAttempts(gatehouse, "window:ip:*", DAY);
    expect((await send(gatehouse, sent)).status).not.toBe(429);
    for (const key of await gatehouse.redis.keys("*")) expect(await gatehouse.redis.pttl(key)).toBeGreaterThan(0);
  });

  test("sign-ins and sign-outs of one account: 100 rows a day, then one a type that counts", async () => {
    const gatehouse = optional;
    const owner = await signUp(gatehouse);
    const userId = userIdOf(owner);
    const today = Date.now();
    const rows = Array.from({ length: 97 }, (_, index) => `('early-${index}', '${userId}', 'signed-in', ${today})`);
    await gatehouse.database.execute(
      `insert into account_events (id, user_id, type, occurred_at) values ${rows.join(", ")}`,
    );
    const happened = async () => {
      const select = "select occurrences from account_events";
      const { rows } = await gatehouse.database.execute<{ occurrences: number }>(select);
      return rows.reduce((sum, row) => sum + row.occurrences, 0);
    };
    for (let round = 1; round <= 4; round += 1) {
      const browser = gatehouse.browser();
      await ageAttempts(gatehouse, "window:ip:*", 15 * 60_000);
      expect((await post(gatehouse, "/auth/signin", ADA.signin, browser)).status).toBe(303);
      await expect.poll(happened).toBe(98 + 2 * round - 1);
      await post(gatehouse, "/auth/signout", {}, browser);
      await expect.poll(happened).toBe(98 + 2 * round);
    }
    const { rows: shared } = await gatehouse.database.execute<{ type: string; occurrences: number | string }>(
      "select type, occurrences from account_events where id like ? order by type",
      [`${userId}:%`],
    );
    expect(shared.map(({ type, occurrences }) => [type, Number(occurrences)])).toEqual([
      ["signed-in", 3],
      ["signed-out", 3],
    ]);
    // Sign-up, 97 earlier events and the first sign-in: the first sign-out is the hundredth event.
    expect(await count(gatehouse, "account_events")).toBe(102);
    expect((await owner.open("/app/account/activity")).text).toContain("Signed in, 3 times that day");
  });

  test("the next day's events have rows of their own again", async () => {
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

  test("messages to one mailbox: at most three rows, and refused requests are counted by ip", async () => {
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
