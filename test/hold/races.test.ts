import { afterAll, beforeAll, beforeEach, describe, expect } from "vitest";
import type { Browser } from "../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { ADA, signIn, signUp } from "../support/people.ts";
import { changeSession, cookieOf } from "../support/stored.ts";
import { inRounds, ROUNDS } from "./rounds.ts";

const NEW_PASSWORD = "difference engine 1822";
const DELETION = { currentPassword: ADA.password, confirmation: "yes" };

const post = (browser: Browser, path: string, fields: Readonly<Record<string, string>>) =>
  browser.post(path, new URLSearchParams(fields));
const isAlive = async (browser: Browser) => (await browser.open("/app")).status === 200;
const signinStatus = async (browser: Browser, password: string) =>
  (await post(browser, "/auth/signin", { email: ADA.email, password })).status;

const owning = async (gatehouse: Gatehouse) => ({ owner: await signUp(gatehouse) });

describe.skipIf(enginesAreMissing())(`at once, ${ROUNDS} rounds`, () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse({ SOURCE_POSTS_MAX: "1000000" });
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());
  const here = () => gatehouse;

  inRounds(
    "two changes of the password: exactly one of the two works after, and the old one does not",
    here,
    owning,
    async ({ owner, copyOf, race }) => {
      const copy = copyOf(owner);
      const passwords = [NEW_PASSWORD, "jacquard loom 1804"];
      const pages = await race(
        passwords.map((password, index) => () => {
          const fields = { currentPassword: ADA.password, password, passwordConfirmation: password };
          return post(index === 0 ? owner : copy, "/app/account/password", fields);
        }),
      );
      expect(pages.filter(({ status }) => ![303, 401].includes(status))).toEqual([]);
      const made = pages.map(({ location, notice }) => location === "/app/account" && notice === "password-changed");
      expect(made.filter(Boolean)).toHaveLength(1);
      const works = await Promise.all(passwords.map((password) => signinStatus(gatehouse.browser(), password)));
      expect(works).toEqual(made.map((was) => (was ? 303 : 401)));
      expect(await signinStatus(gatehouse.browser(), ADA.password)).toBe(401);
      expect(await isAlive(made[0] ? owner : copy)).toBe(true);
      expect(await isAlive(made[0] ? copy : owner)).toBe(false);
    },
  );

  inRounds(
    "signing out everywhere and signing in: no session from before survives",
    here,
    owning,
    async ({ owner, copyOf, race }) => {
      const before = [copyOf(owner), await signIn(gatehouse)];
      const newcomer = gatehouse.browser();
      const [others, signin] = await race([
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
    },
  );

  inRounds(
    "deletion and signing in: no session, no 500, nothing left",
    here,
    owning,
    async ({ owner, copyOf, race }) => {
      const newcomer = gatehouse.browser();
      const copy = copyOf(owner);
      const [removal, signin] = await race([
        () => post(owner, "/app/account/delete", DELETION),
        () => post(newcomer, "/auth/signin", ADA.signin),
        () => copy.open("/app/account"),
      ]);
      expect(removal?.notice).toBe("account-deleted");
      expect([303, 401]).toContain(signin?.status);
      await gatehouse.settle();
      expect(await isAlive(newcomer)).toBe(false);
      await gatehouse.redis.del(...(await gatehouse.redis.keys("user:*")), "none");
      expect(await isAlive(newcomer)).toBe(false);
      for (const table of ["users", "keys", "account_events"]) {
        expect([table, (await gatehouse.database.execute(`select * from \`${table}\``)).rows]).toEqual([table, []]);
      }
    },
  );

  inRounds(
    "a change of the password and signing in with the old one: nobody stays in by it",
    here,
    owning,
    async ({ owner, race }) => {
      const newcomer = gatehouse.browser();
      const [change, signin] = await race([
        () =>
          post(owner, "/app/account/password", {
            currentPassword: ADA.password,
            password: NEW_PASSWORD,
            passwordConfirmation: NEW_PASSWORD,
          }),
        () => post(newcomer, "/auth/signin", ADA.signin),
      ]);
      expect([change?.location, change?.notice]).toEqual(["/app/account", "password-changed"]);
      expect([303, 401]).toContain(signin?.status);
      expect(await isAlive(newcomer)).toBe(false);
      expect(await isAlive(owner)).toBe(true);
    },
  );

  inRounds(
    "a change of the address and a deletion: one account, or none, and never half of one",
    here,
    async () => {
      const owner = await signUp(gatehouse);
      await post(owner, "/app/account/email", { email: "new@example.com" });
      const { text } = await gatehouse.inbox.newest("new@example.com");
      return { owner, fact: new URL(/https:\S+/.exec(text)?.[0] ?? "").pathname };
    },
    async ({ owner, fact: link, copyOf, race }) => {
      const cookie = cookieOf(owner);
      const copy = copyOf(owner);
      const [confirm, removal] = await race([
        () => post(copy, link, {}),
        () => post(owner, "/app/account/delete", DELETION),
      ]);
      expect([303, 410], gatehouse.logs()).toContain(confirm?.status);
      expect([303, 401], gatehouse.logs()).toContain(removal?.status);
      await gatehouse.settle();
      const count = async (table: string) =>
        (await gatehouse.database.execute(`select * from \`${table}\``)).rows.length;
      const [users, keys] = [await count("users"), await count("keys")];
      expect([0, 1]).toContain(users);
      expect(keys).toBe(users);
      const old = gatehouse.browser();
      old.cookies.set("gatehouse", cookie);
      expect(await isAlive(old)).toBe(false);
      expect(await isAlive(copy)).toBe(users === 1);
    },
  );

  inRounds(
    "signing out and a page that renews the same session: it is over, and nothing brings it back",
    here,
    async () => {
      const owner = await signUp(gatehouse);
      await changeSession(gatehouse, owner, { active_expires: Date.now() - 1 });
      return { owner };
    },
    async ({ owner, copyOf, race }) => {
      const [reader, reloader, later] = [copyOf(owner), copyOf(owner), copyOf(owner)];
      const [signout, ...pages] = await race([
        () => post(owner, "/auth/signout", {}),
        () => reader.open("/app"),
        () => reloader.open("/app/account/sessions"),
      ]);
      expect([signout?.status, signout?.location]).toEqual([303, "/auth/signin"]);
      expect(pages.filter(({ status }) => ![200, 303].includes(status))).toEqual([]);
      await gatehouse.settle();
      for (const browser of [reader, reloader, later]) expect(await isAlive(browser)).toBe(false);
      expect(await gatehouse.redis.keys("session:*")).toEqual([]);
    },
  );
});
