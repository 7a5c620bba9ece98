import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Browser, Page } from "../../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../../support/gatehouse.ts";
import { ADA, signIn, signUp } from "../../support/people.ts";
import { cookieOf } from "../../support/stored.ts";

/** A few in every run; `npm run test:races` takes 200 of each. */
const ROUNDS = Number(process.env["GATEHOUSE_RACE_ROUNDS"] ?? 4);
const ROUND_MAX_MS = 5_000;

/** What runs at once starts up to this much apart, so that the rounds meet at different points. */
const SPREAD_MS = 40;

describe.skipIf(enginesAreMissing())(`at once, ${ROUNDS} rounds`, () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const inRounds = (title: string, round: (number: number) => Promise<void>) =>
    test(
      title,
      async () => {
        for (let number = 0; number < ROUNDS; number += 1) {
          await gatehouse.reset();
          await round(number);
        }
      },
      ROUNDS * ROUND_MAX_MS,
    );
  /** Sends each a little after the one before it, by another distance in every round; the order alternates. */
  const race = async (number: number, contestants: readonly (() => Promise<Page>)[]): Promise<Page[]> => {
    const distance = ((number >> 1) * 7) % SPREAD_MS;
    const late = number % contestants.length;
    return Promise.all(
      contestants.map(async (send, index) => {
        if (index === late) await new Promise((resolve) => setTimeout(resolve, distance));
        return send();
      }),
    );
  };
  const post = (browser: Browser, path: string, fields: Readonly<Record<string, string>>) =>
    browser.post(path, new URLSearchParams(fields));
  const isAlive = async (browser: Browser) => (await browser.open("/app")).status === 200;
  const copyOf = (browser: Browser): Browser => {
    const copy = gatehouse.browser();
    for (const [name, value] of browser.cookies) copy.cookies.set(name, value);
    return copy;
  };
  const signinStatus = async (browser: Browser, password: string) =>
    (await post(browser, "/auth/signin", { email: ADA.email, password })).status;

  inRounds(
    "two changes of the password: exactly one of the two works after, and the old one does not",
    async (number) => {
      const owner = await signUp(gatehouse);
      const copy = copyOf(owner);
      const passwords = ["difference engine 1822", "jacquard loom 1804"];
      const pages = await race(
        number,
        passwords.map((password, index) => () => {
          const fields = { currentPassword: ADA.password, password, passwordConfirmation: password };
          return post(index === 0 ? owner : copy, "/app/account/password", fields);
        }),
      );
      expect(pages.filter(({ status }) => ![303, 401].includes(status))).toEqual([]);
      const made = pages.map(({ location }) => location === "/app/account?notice=password-changed");
      expect(made.filter(Boolean)).toHaveLength(1);
      const works = await Promise.all(passwords.map((password) => signinStatus(gatehouse.browser(), password)));
      expect(works).toEqual(made.map((was) => (was ? 303 : 401)));
      expect(await signinStatus(gatehouse.browser(), ADA.password)).toBe(401);
      expect(await isAlive(made[0] ? owner : copy)).toBe(true);
      expect(await isAlive(made[0] ? copy : owner)).toBe(false);
    },
  );

  inRounds("signing out everywhere and signing in: no session from before survives", async (number) => {
    const owner = await signUp(gatehouse);
    const before = [copyOf(owner), await signIn(gatehouse)];
    const newcomer = gatehouse.browser();
    const [others, signin] = await race(number, [
      () => post(owner, "/app/account/sessions/revoke-others", {}),
      () => post(newcomer, "/auth/signin", ADA.signin),
      () => before[1]?.open("/app") ?? Promise.reject(new Error("nobody")),
    ]);
    expect([others?.status, signin?.status]).toEqual([303, 303]);
    for (const browser of before) expect(await isAlive(browser)).toBe(false);
    expect(await isAlive(owner)).toBe(true);
    // Born before the epoch rose, or after it: either way it stays what it is, whatever is renewed or published.
    const alive = await isAlive(newcomer);
    await gatehouse.settle();
    expect(await isAlive(newcomer)).toBe(alive);
    for (const browser of before) expect(await isAlive(browser)).toBe(false);
  });

  inRounds("deletion and signing in: no session, no 500, nothing left", async (number) => {
    const owner = await signUp(gatehouse);
    await gatehouse.settle();
    const newcomer = gatehouse.browser();
    const [removal, signin] = await race(number, [
      () => post(owner, "/app/account/delete", { currentPassword: ADA.password, confirmation: "yes" }),
      () => post(newcomer, "/auth/signin", ADA.signin),
      () => copyOf(owner).open("/app/account"),
    ]);
    expect(removal?.location).toBe("/?notice=account-deleted");
    expect([303, 401]).toContain(signin?.status);
    await gatehouse.settle();
    expect(await isAlive(newcomer)).toBe(false);
    await gatehouse.redis.del(...(await gatehouse.redis.keys("user:*")), "none");
    expect(await isAlive(newcomer)).toBe(false);
    for (const table of ["users", "keys", "account_events"]) {
      expect([table, (await gatehouse.database.execute(`select * from \`${table}\``)).rows]).toEqual([table, []]);
    }
  });

  inRounds("a change of the password and signing in with the old one: nobody stays in by it", async (number) => {
    const owner = await signUp(gatehouse);
    const newcomer = gatehouse.browser();
    const password = "difference engine 1822";
    const [change, signin] = await race(number, [
      () =>
        post(owner, "/app/account/password", {
          currentPassword: ADA.password,
          password,
          passwordConfirmation: password,
        }),
      () => post(newcomer, "/auth/signin", ADA.signin),
    ]);
    expect(change?.location).toBe("/app/account?notice=password-changed");
    expect([303, 401]).toContain(signin?.status);
    expect(await isAlive(newcomer)).toBe(false);
    expect(await isAlive(owner)).toBe(true);
  });

  inRounds("a change of the address and a deletion: one account, or none, and never half of one", async (number) => {
    const owner = await signUp(gatehouse);
    await post(owner, "/app/account/email", { email: "new@example.com" });
    const { text } = await gatehouse.inbox.newest("new@example.com");
    const link = new URL(/https:\S+/.exec(text)?.[0] ?? "").pathname;
    const cookie = cookieOf(owner);
    const copy = copyOf(owner);
    const [confirm, removal] = await race(number, [
      () => post(copy, link, {}),
      () => post(owner, "/app/account/delete", { currentPassword: ADA.password, confirmation: "yes" }),
    ]);
    expect([303, 410]).toContain(confirm?.status);
    expect([303, 401], gatehouse.logs()).toContain(removal?.status);
    await gatehouse.settle();
    const count = async (table: string) => (await gatehouse.database.execute(`select * from \`${table}\``)).rows.length;
    const [users, keys] = [await count("users"), await count("keys")];
    expect([0, 1]).toContain(users);
    expect(keys).toBe(users);
    const old = gatehouse.browser();
    old.cookies.set("gatehouse", cookie);
    expect(await isAlive(old)).toBe(false);
    expect(await isAlive(copy)).toBe(users === 1);
  });
});
