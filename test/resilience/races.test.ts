import { afterAll, beforeAll, beforeEach, describe, expect } from "vitest";
import type { Browser } from "../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { codeIn, linkIn } from "../support/inbox.ts";
import { ADA, signUp } from "../support/people.ts";
import { cookieOf, dropSnapshots, userIdOf } from "../support/stored.ts";
import { inRounds, ROUNDS } from "./rounds.ts";

const NEW_PASSWORD = "difference engine 1822";
const DELETION = { currentPassword: ADA.password, confirmation: "yes" };

const post = (browser: Browser, path: string, fields: Readonly<Record<string, string>>) =>
  browser.post(path, new URLSearchParams(fields));
const isAlive = async (browser: Browser) => (await browser.open("/app")).status === 200;
const signinStatus = async (browser: Browser, password: string) =>
  (await post(browser, "/auth/signin", { email: ADA.email, password })).status;

const FRESH = { password: NEW_PASSWORD, passwordConfirmation: NEW_PASSWORD };
const VERIFY = "/auth/verify-email";
const RESET = "/auth/reset-password";

const users = async ({ database }: Gatehouse) =>
  (await database.execute<{ id: string; email_verified_at: string | null }>("select * from users")).rows;
/** Only the given users have rows, and each has one key. */
const expectWhole = async ({ database }: Gatehouse, ids: readonly (string | undefined)[]) => {
  const keys = (await database.execute<{ user_id: string }>("select user_id from `keys`")).rows;
  expect(keys.map(({ user_id }) => user_id)).toEqual(ids);
  for (const table of ["one_time_tokens", "account_events", "reserved_emails"]) {
    const { rows } = await database.execute<{ user_id: string | null }>(`select user_id from ${table}`);
    expect(rows.filter(({ user_id }) => user_id !== null && !ids.includes(user_id))).toEqual([]);
  }
};

const owning = async (gatehouse: Gatehouse) => ({ owner: await signUp(gatehouse) });

describe.skipIf(enginesAreMissing())(`concurrent changes of an account, ${ROUNDS} rounds`, () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse({ SOURCE_POSTS_MAX: "1000000" });
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());
  const here = () => gatehouse;

  inRounds(
    "two changes of the password: exactly one new password works, and the old one does not",
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
    "a change of the password and a sign-in with the old one: the sign-in leaves no active session",
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
    "a change of the email and a deletion: one whole account is left, or none",
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

  /** Someone else has signed up with Ada's email and never verified it. She has a reset link. */
  const squatted = async () => {
    const owner = await signUp(gatehouse);
    await post(gatehouse.browser(), "/auth/forgot-password", { email: ADA.email });
    return { owner, fact: linkIn(await gatehouse.inbox.newest(ADA.email, 2), `${RESET}/`) };
  };

  inRounds(
    "a reset that replaces an account that was never verified and a sign-in to it: no session of the former account survives",
    here,
    squatted,
    async ({ owner: stranger, fact: link, race }) => {
      const before = userIdOf(stranger);
      const [owner, newcomer] = [gatehouse.browser(), gatehouse.browser()];
      await owner.open(link);
      const [reset, signin] = await race([
        () => post(owner, RESET, FRESH),
        () => post(newcomer, "/auth/signin", ADA.signin),
        () => stranger.open("/app/account/sessions"),
      ]);
      expect(reset?.notice, gatehouse.logs()).toBe("password-reset");
      expect([303, 401]).toContain(signin?.status);
      await gatehouse.settle();
      for (const browser of [stranger, newcomer]) expect(await isAlive(browser)).toBe(false);
      await dropSnapshots(gatehouse);
      for (const browser of [stranger, newcomer]) expect(await isAlive(browser)).toBe(false);
      const [user, ...others] = await users(gatehouse);
      expect([others, user?.id === before]).toEqual([[], false]);
      await expectWhole(gatehouse, [user?.id]);
      expect(await signinStatus(gatehouse.browser(), NEW_PASSWORD)).toBe(303);
    },
  );

  inRounds(
    "a reset that replaces an account that was never verified and its deletion: one new account or none is left, and nothing of the former",
    here,
    squatted,
    async ({ owner: stranger, fact: link, copyOf, race }) => {
      const before = userIdOf(stranger);
      const copy = copyOf(stranger);
      const owner = gatehouse.browser();
      await owner.open(link);
      const [reset, removal] = await race([
        () => post(owner, RESET, FRESH),
        () => post(stranger, "/app/account/delete", DELETION),
      ]);
      expect([303, 410], gatehouse.logs()).toContain(reset?.status);
      expect([303, 401], gatehouse.logs()).toContain(removal?.status);
      await gatehouse.settle();
      const left = await users(gatehouse);
      expect(left).toHaveLength(reset?.status === 303 ? 1 : 0);
      expect(left.map(({ id }) => id)).not.toContain(before);
      await expectWhole(
        gatehouse,
        left.map(({ id }) => id),
      );
      expect(await isAlive(copy)).toBe(false);
    },
  );
});

describe.skipIf(enginesAreMissing())(`concurrent verifications where they are required, ${ROUNDS} rounds`, () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse({ SOURCE_POSTS_MAX: "1000000", EMAIL_VERIFICATION: "required" });
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const SECOND = { email: ADA.email, ...FRESH };
  /** Two people have signed up with one email. A third has an account with it that was never verified. */
  const contested = async () => {
    await post(gatehouse.browser(), "/auth/signup", ADA.signup);
    const first = await gatehouse.inbox.newest(ADA.email);
    const owner = gatehouse.browser();
    await post(owner, "/auth/signup", SECOND);
    const second = await gatehouse.inbox.newest(ADA.email, 2);
    await post(gatehouse.browser(), "/auth/forgot-password", { email: ADA.email });
    const reset = await gatehouse.inbox.newest(ADA.email, 3);
    const links = [linkIn(first, `${VERIFY}/`), codeIn(second), linkIn(reset, `${RESET}/`)];
    await gatehouse.database.execute(
      "insert into users (id, email, email_verified_at, session_epoch, created_at, updated_at) values ('squatter0000001', ?, null, 0, 1, 1)",
      [ADA.email],
    );
    await gatehouse.database.execute(
      "insert into `keys` (id, user_id, hashed_password) values (?, 'squatter0000001', 's2:none')",
      [`email:${ADA.email}`],
    );
    return { owner, fact: links.join(" ") };
  };

  inRounds(
    "two verified sign-ups and a password reset: one account is left, with one of the three passwords",
    () => gatehouse,
    contested,
    async ({ owner, fact, race }) => {
      const [link = "", code = "", reset = ""] = fact.split(" ");
      const chosen = "jacquard loom 1804";
      const forgetful = gatehouse.browser();
      await forgetful.open(reset);
      const answers = await race([
        () => post(gatehouse.browser(), link, { password: ADA.password }),
        () => post(owner, VERIFY, { code }),
        () => post(forgetful, RESET, { password: chosen, passwordConfirmation: chosen }),
      ]);
      expect(
        answers.filter(({ status }) => ![303, 410, 422].includes(status)),
        gatehouse.logs(),
      ).toEqual([]);
      await gatehouse.settle();
      const done = answers.map(({ status }) => status === 303);
      expect(done.filter(Boolean)).toHaveLength(1);
      const [user, ...others] = await users(gatehouse);
      expect(others).toEqual([]);
      expect([user?.id === "squatter0000001", user?.email_verified_at === null]).toEqual([false, false]);
      await expectWhole(gatehouse, [user?.id]);
      const works = await Promise.all(
        [ADA.password, NEW_PASSWORD, chosen].map(
          async (password) =>
            (await post(gatehouse.browser(), "/auth/signin", { email: ADA.email, password })).location === "/app",
        ),
      );
      expect(works).toEqual(done);
    },
  );
});
