import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { brand } from "../../../src/brand.ts";
import type { Browser } from "../../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../../support/gatehouse.ts";
import { codeIn, linkIn } from "../../support/inbox.ts";
import { ADA, signIn, signUp } from "../../support/people.ts";
import { cookieOf, dropSnapshots, listHandles, readSnapshot } from "../../support/stored.ts";

const PATH = "/app/account/delete";
const GONE = "account-deleted";
const SURE = { currentPassword: ADA.password, confirmation: "yes" };
const TABLES = ["users", "keys", "one_time_tokens", "account_events"] as const;

describe.skipIf(enginesAreMissing())("the deletion of an account", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const remove = async (browser: Browser, typed: Readonly<Record<string, string>> = SURE) =>
    browser.submit(await browser.open(PATH), PATH, typed);
  const rows = async () => {
    const counts = TABLES.map(async (table) => {
      const read = await gatehouse.database.execute(`select * from \`${table}\``);
      return [table, read.rows.length] as const;
    });
    return Object.fromEntries(await Promise.all(counts));
  };
  const NOTHING = { users: 0, keys: 0, one_time_tokens: 0, account_events: 0 };
  const isAlive = async (browser: Browser) => (await browser.open("/app")).status === 200;

  test("deletes user, keys, links, activity and sessions, says so on the page and by a last message, and frees the email", async () => {
    const owner = await signUp(gatehouse);
    const code = codeIn(await gatehouse.inbox.newest(ADA.email));
    await owner.submit(await owner.open("/auth/verify-email"), "/auth/verify-email", { code });
    const phone = await signIn(gatehouse);
    await owner.post(
      "/app/account/email",
      new URLSearchParams({ email: "new@example.com", currentPassword: ADA.password }),
    );
    await owner.submit(
      await owner.open(linkIn(await gatehouse.inbox.newest("new@example.com"), "/auth/confirm-email/")),
      linkIn(await gatehouse.inbox.newest("new@example.com"), "/auth/confirm-email/"),
    );
    await owner.post("/app/account/email", new URLSearchParams({ email: "third@example.com" }));
    await gatehouse.browser().post("/auth/forgot-password", new URLSearchParams({ email: "new@example.com" }));
    await gatehouse.inbox.newest("new@example.com", 2);
    const cookie = cookieOf(owner);

    const answer = await remove(owner);
    expect([answer.status, answer.location, answer.notice, cookieOf(owner)]).toEqual([303, "/", GONE, ""]);
    const page = await owner.follow(answer);
    expect([page.status, page.title]).toEqual([200, `Your account was deleted · ${brand.name}`]);
    expect(page.text).toContain("Your account and everything in it was deleted");
    expect(await rows()).toEqual(NOTHING);
    owner.cookies.set("gatehouse", cookie);
    expect([await isAlive(owner), await isAlive(phone)]).toEqual([false, false]);
    const left = async () => (await gatehouse.redis.keys("*")).filter((name) => !name.startsWith("window:"));
    // The marker, which prevents a refill with the old row, expires after a minute.
    await expect.poll(left).toEqual([expect.stringMatching(/^person:/)]);
    const [person = ""] = await left();
    await expect.poll(() => gatehouse.redis.hgetall(person)).toEqual({ user: expect.stringMatching(/\|deleted$/) });
    expect(await gatehouse.redis.ttl(person)).toBeLessThanOrEqual(60);

    const mail = await gatehouse.inbox.newest("new@example.com", 3);
    expect(mail.subject).toBe(`Your ${brand.name} account was deleted`);
    for (const email of ["new@example.com", ADA.email]) {
      expect(await isAlive(await signUp(gatehouse, { ...ADA.signup, email }))).toBe(true);
    }
  });

  test.each([
    [{ ...SURE, currentPassword: "" }, 422, "currentPassword"],
    [{ ...SURE, currentPassword: "not the password" }, 401, "currentPassword"],
    [{ currentPassword: ADA.password }, 422, "confirmation"],
  ] as const)("with %j is refused, however lately the password was given", async (typed, status, field) => {
    const owner = await signUp(gatehouse);
    const page = await remove(owner, typed);
    expect([page.status, page.errorAt(field) !== null]).toEqual([status, true]);
    expect(page.title).toBe(`Error: Delete account · ${brand.name}`);
    expect((await rows())["users"]).toBe(1);
    expect(await isAlive(owner)).toBe(true);
    expect(await gatehouse.inbox.at(ADA.email)).toHaveLength(1);
  });

  test("is refused for a session that was revoked by a change", async () => {
    const owner = await signUp(gatehouse);
    await gatehouse.database.execute("update users set session_epoch = session_epoch + 1");
    // Raises the epoch after the session was read. The snapshot has the former one.
    const page = await remove(owner);
    expect([page.status, page.location, page.notice]).toEqual([303, "/auth/signin", "stale"]);
    expect(await rows()).toMatchObject({ users: 1, keys: 1 });
  });

  test("by a session with an outdated email deletes nothing and reports no deletion", async () => {
    const owner = await signUp(gatehouse);
    await gatehouse.settle();
    // Changes the email after the session was read.
    await gatehouse.database.execute("update users set email = 'new@example.com'");
    await gatehouse.database.execute("update `keys` set id = 'email:new@example.com'");
    const answer = await owner.post(PATH, new URLSearchParams(SURE));
    expect([answer.status, answer.location, answer.notice]).toEqual([303, "/auth/signin", "stale"]);
    expect((await gatehouse.database.execute("select id from users")).rows).toHaveLength(1);
  });

  test("also deletes a link that was requested at the same time", async () => {
    const owner = await signUp(gatehouse);
    await gatehouse.settle();
    const copy = gatehouse.browser();
    for (const [name, value] of owner.cookies) copy.cookies.set(name, value);
    await gatehouse.database.execute("delete from users");
    await gatehouse.database.execute("delete from one_time_tokens");
    const late = await copy.post("/app/account/email", new URLSearchParams({ email: "late@example.com" }));
    expect(late.status).toBe(303);
    await gatehouse.settle();
    expect(await rows()).toMatchObject({ users: 0, one_time_tokens: 0 });
  });

  test("deletes nothing of other accounts", async () => {
    const owner = await signUp(gatehouse);
    const bob = await signUp(gatehouse, { ...ADA.signup, email: "bob@example.com" });
    await expect.poll(rows).toMatchObject({ account_events: 2, one_time_tokens: 2 });
    await remove(owner);
    expect(await rows()).toEqual({ users: 1, keys: 1, one_time_tokens: 1, account_events: 1 });
    expect(await isAlive(bob)).toBe(true);
  });

  test("sent twice is done once, and both responses say so", async () => {
    const owner = await signUp(gatehouse);
    const copy = gatehouse.browser();
    copy.cookies.set("gatehouse", cookieOf(owner));
    const answers = await Promise.all([owner, copy].map((browser) => browser.post(PATH, new URLSearchParams(SURE))));
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    const signin = `/auth/signin?redirectTo=${encodeURIComponent(PATH)}`;
    for (const { location, notice } of answers) expect([GONE, signin]).toContain(notice ?? location);
    copy.cookies.set("gatehouse", cookieOf(owner));
    expect((await copy.post(PATH, new URLSearchParams(SURE))).location).toBe(signin);
    expect(await rows()).toEqual(NOTHING);
  });

  test("sends at most three messages to an email that was never verified", async () => {
    for (let round = 0; round < 5; round += 1) await remove(await signUp(gatehouse));
    await gatehouse.settle();
    const subjects = (await gatehouse.inbox.at(ADA.email)).map(({ subject }) => subject);
    expect(subjects.filter((subject) => subject.includes("deleted"))).toHaveLength(3);
    await expect.poll(() => gatehouse.logs()).toContain('"limit":"mail"');
  });

  test("whose COMMIT was refused deletes nothing, and succeeds on a retry", async () => {
    const owner = await signUp(gatehouse);
    gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" }, operation: "COMMIT" });
    const answer = await remove(owner);
    gatehouse.standIns.traffic.restore();
    expect([answer.status, answer.setCookies]).toEqual([503, []]);
    expect(await rows()).toMatchObject({ users: 1, keys: 1 });
    expect(await isAlive(owner)).toBe(true);
    expect((await remove(owner)).notice).toBe(GONE);
    expect(await rows()).toEqual(NOTHING);
  });

  test("whose COMMIT lost its response is done: no session is valid, and the email is free", async () => {
    const owner = await signUp(gatehouse);
    gatehouse.standIns.traffic.inject({ fault: { kind: "lostAnswer" }, operation: "COMMIT" });
    expect((await remove(owner)).status).toBe(503);
    gatehouse.standIns.traffic.restore();
    expect(await isAlive(owner)).toBe(false);
    expect(await rows()).toEqual(NOTHING);
    await signUp(gatehouse);
  });

  test("without a marker in Redis is not done", async () => {
    const owner = await signUp(gatehouse);
    gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" }, operation: "EVAL mark user" });
    expect((await remove(owner)).status).toBe(503);
    gatehouse.standIns.traffic.restore();
    expect(await rows()).toMatchObject({ users: 1, keys: 1 });
    expect(await isAlive(owner)).toBe(true);
  });

  test("leaves no valid session if Redis fails afterwards, before and after the marker expires", async () => {
    const owner = await signUp(gatehouse);
    const phone = await signIn(gatehouse);
    const cookie = cookieOf(owner);
    await gatehouse.settle();
    gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" }, operation: "EVAL erase person" });
    expect((await remove(owner)).notice).toBe(GONE);
    await expect.poll(() => gatehouse.logs()).toContain("deferred-work-failed");
    gatehouse.standIns.traffic.restore();
    expect(await listHandles(gatehouse)).toHaveLength(2);
    owner.cookies.set("gatehouse", cookie);
    expect([await isAlive(owner), await isAlive(phone)]).toEqual([false, false]);
    await dropSnapshots(gatehouse);
    expect([await isAlive(owner), await isAlive(phone)]).toEqual([false, false]);
    expect(await readSnapshot(gatehouse, cookie.split(".")[0] ?? "")).toBeNull();
  });
});
