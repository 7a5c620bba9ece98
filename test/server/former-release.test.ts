import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { brand } from "../../src/brand.ts";
import type { Browser } from "../support/browser.ts";
import { buildFormerWorker } from "../support/build-worker.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { codeIn, linkIn } from "../support/inbox.ts";
import { ADA } from "../support/people.ts";

/** The last commit of 0.1. */
const FORMER = "ec3fbe5dd7237036439fe28d8e468e9449681a99";

const CLEAN_UP = "*/5 * * * *";
const IP = { "CF-Connecting-IP": "198.51.100.7" };
const CURRENT = { currentPassword: ADA.password };

const directory = buildFormerWorker(FORMER);

/** Workers of the previous and of the current release share the same stores, which have the current schema. */
describe.skipIf(enginesAreMissing() || directory === null)("after an upgrade from the previous release,", () => {
  let former: Gatehouse;
  let current: Gatehouse;
  let formerRequired: Gatehouse;
  let currentRequired: Gatehouse;
  beforeAll(async () => {
    const bundle = join(directory ?? "", "dist");
    current = await startGatehouse();
    const { databaseUrl, redisUrl, redisToken } = current.standIns;
    const stores = {
      DATABASE_URL: databaseUrl,
      UPSTASH_REDIS_REST_URL: redisUrl,
      UPSTASH_REDIS_REST_TOKEN: redisToken,
    };
    const required = { ...stores, EMAIL_VERIFICATION: "required" };
    former = await startGatehouse(stores, bundle);
    formerRequired = await startGatehouse(required, bundle);
    currentRequired = await startGatehouse(required);
  });
  beforeEach(() => current.reset());
  afterAll(async () => {
    for (const gatehouse of [former, formerRequired, currentRequired, current]) await gatehouse.close();
    if (directory !== null) rmSync(directory, { recursive: true });
  });

  const post = (browser: Browser, path: string, fields: Readonly<Record<string, string>> = {}) =>
    browser.post(path, new URLSearchParams(fields), IP);
  const rows = async (sql: string) => (await current.database.execute(sql)).rows;
  const signup = (email: string) => ({ ...ADA.signup, email });
  const newEmail = (name: string) => `${name}${Date.now()}@example.com`;

  /** Creates an account and changes its email with the former Worker. Resolves to both emails and the undo link. */
  const changeEmail = async () => {
    const [from, to] = [newEmail("ada"), newEmail("lovelace")];
    const owner = former.browser();
    expect((await post(owner, "/auth/signup", signup(from))).status).toBe(303);
    await post(owner, "/auth/verify-email", { code: codeIn(await former.inbox.newest(from)) });
    expect((await post(owner, "/app/account/email", { email: to, ...CURRENT })).status).toBe(303);
    const link = linkIn(await former.inbox.newest(to), "/auth/confirm-email/");
    expect((await post(owner, link)).location).toMatch(/^\/app\/account/);
    const undo = linkIn(await former.inbox.newest(from, 2), "/auth/undo-email/");
    await former.settle();
    return { from, to, undo };
  };
  const signInAt = async (email: string): Promise<Browser> => {
    const browser = current.browser();
    expect((await post(browser, "/auth/signin", { email, password: ADA.password })).location).toBe("/app");
    return browser;
  };
  const signUpResult = async (email: string) => {
    const response = await post(current.browser(), "/auth/signup", signup(email));
    return [response.status, response.errorAt("email") !== null];
  };

  describe.each([false, true])("(clean-up has run: %j)", (hasRun) => {
    const cleanUp = async () => {
      if (!hasRun) return;
      expect(await current.runScheduled(Date.now(), CLEAN_UP)).toBe("ok");
      expect(await rows("select id from `keys` where hashed_password is null")).toEqual([]);
      expect(await rows("select id from account_events where address is not null")).toEqual([]);
      const undone = "select subject from one_time_tokens where purpose = 'undo-email' and subject not in";
      expect(await rows(`${undone} (select email from reserved_emails)`)).toEqual([]);
    };

    test("an account signs in, and its audit log shows the ip", async () => {
      const { from, to } = await changeEmail();
      await cleanUp();
      const owner = await signInAt(to);
      const activity = (await owner.open("/app/account/activity")).text;
      expect(activity).toContain(IP["CF-Connecting-IP"]);
      expect(activity).not.toContain("address-verified");
      const exported = JSON.parse((await owner.open("/app/account/export")).body);
      expect(exported.activity.map(({ ip }: { ip: string }) => ip)).toContain(IP["CF-Connecting-IP"]);
      const types = exported.activity.map(({ type }: { type: string }) => type);
      expect([types.includes("email-verified"), types.includes("address-verified")]).toEqual([true, false]);
      expect(exported.reservedEmails).toMatchObject([{ email: from }]);
    });

    test("the former email stays reserved, and the link that was mailed with the change restores it", async () => {
      const { from, to, undo } = await changeEmail();
      await cleanUp();
      expect(await signUpResult(from)).toEqual([422, true]);
      expect((await post(current.browser(), undo)).location).toBe("/auth/reset-password");
      await current.settle();
      expect(await rows("select email from users")).toEqual([{ email: from }]);
      expect(await rows("select id from `keys`")).toEqual([{ id: `email:${from}` }]);
      expect(await rows("select email from reserved_emails")).toEqual([]);
      expect((await post(current.browser(), "/auth/signup", signup(to))).status).toBe(303);
    });

    test("a newly requested link restores the former email", async () => {
      const { from } = await changeEmail();
      await cleanUp();
      await post(current.browser(), "/auth/forgot-password", { email: from });
      const undo = linkIn(await current.inbox.newest(from), "/auth/undo-email/");
      expect((await post(current.browser(), undo)).location).toBe("/auth/reset-password");
      expect(await rows("select email from users")).toEqual([{ email: from }]);
    });

    test("the account can change back to the former email, and the latest one is reserved instead", async () => {
      const { from, to } = await changeEmail();
      await cleanUp();
      const owner = await signInAt(to);
      await post(owner, "/app/account/email", { email: from });
      expect((await post(owner, linkIn(await current.inbox.newest(from), "/auth/confirm-email/"))).notice).toBe(
        "email-changed",
      );
      expect(await rows("select email from users")).toEqual([{ email: from }]);
      expect(await rows("select email from reserved_emails")).toEqual([{ email: to }]);
      expect(await rows("select id from `keys`")).toEqual([{ id: `email:${from}` }]);
    });

    test("the former email gets the notice of a deletion, and is available afterwards", async () => {
      const { from, to } = await changeEmail();
      await cleanUp();
      const owner = await signInAt(to);
      await post(owner, "/app/account/delete", { ...CURRENT, confirmation: "yes" });
      expect((await current.inbox.newest(from)).subject).toBe(`Your ${brand.name} account was deleted`);
      await current.settle();
      for (const table of ["users", "keys", "one_time_tokens", "account_events", "reserved_emails"]) {
        expect([table, await rows(`select * from \`${table}\``)]).toEqual([table, []]);
      }
      expect((await post(current.browser(), "/auth/signup", signup(from))).status).toBe(303);
    });

    test("a pending sign-up is verified by its code or by its link and password, and deleted by a reset", async () => {
      const createPending = async () => {
        const email = newEmail("nob");
        const browser = formerRequired.browser();
        expect((await post(browser, "/auth/signup", signup(email))).location).toBe("/auth/verify-email");
        return { email, browser, mail: await formerRequired.inbox.newest(email) };
      };
      const byCode = await createPending();
      const byLink = await createPending();
      const dropped = await createPending();
      await cleanUp();
      const copy = currentRequired.browser();
      for (const [name, value] of byCode.browser.cookies) copy.cookies.set(name, value);
      expect((await post(copy, "/auth/verify-email", { code: codeIn(byCode.mail) })).location).toBe("/app");

      const link = linkIn(byLink.mail, "/auth/verify-email/");
      const { password } = ADA;
      const signin = await post(currentRequired.browser(), "/auth/signin", { email: byLink.email, password });
      expect(signin.location).toBe("/auth/verify-email");
      expect((await post(currentRequired.browser(), link, { password })).location).toBe("/auth/signin");

      await post(currentRequired.browser(), "/auth/forgot-password", { email: dropped.email });
      const reader = currentRequired.browser();
      await reader.open(linkIn(await currentRequired.inbox.newest(dropped.email), "/auth/reset-password/"));
      const fresh = { password: "difference engine 1822", passwordConfirmation: "difference engine 1822" };
      expect((await post(reader, "/auth/reset-password", fresh)).location).toBe("/auth/signin");
      expect(await rows("select * from pending_signups")).toEqual([]);
      expect(await rows("select * from one_time_tokens where hashed_password is not null")).toEqual([]);
      const refused = await post(currentRequired.browser(), "/auth/signin", { email: dropped.email, password });
      expect(refused.status).toBe(401);
    });
  });

  test("the previous release, while it still runs, signs in accounts that the current one has created", async () => {
    const email = newEmail("ada");
    expect((await post(current.browser(), "/auth/signup", signup(email))).status).toBe(303);
    const browser = former.browser();
    expect((await post(browser, "/auth/signin", { email, password: ADA.password })).location).toBe("/app");
    expect((await browser.open("/app/account/activity")).status).toBe(200);
  });
});
