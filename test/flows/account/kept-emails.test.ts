import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { brand } from "../../../src/brand.ts";
import type { Browser } from "../../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../../support/gatehouse.ts";
import { codeIn, linkIn } from "../../support/inbox.ts";
import { ADA, signUp } from "../../support/people.ts";
import { userIdOf } from "../../support/stored.ts";

const PATH = "/app/account/email";
const CONFIRM = "/auth/confirm-email/";
const VERIFY = "/auth/verify-email";
const FORGOT = "/auth/forgot-password";
const UNDO = "/auth/undo-email/";
const STRANGER = "198.51.100.9";
const NEW = "lovelace@example.com";
const BOB = { ...ADA.signup, email: "bob@example.com" };
const DAY = 24 * 60 * 60 * 1_000;
const HASH = "0".repeat(60);

describe.skipIf(enginesAreMissing()).each(["optional", "required"])("an email that was given up, %s", (mode) => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse({ EMAIL_VERIFICATION: mode });
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const post = (browser: Browser, path: string, fields: Readonly<Record<string, string>> = {}) =>
    browser.post(path, new URLSearchParams(fields));
  /** Signs somebody up and verifies the email. */
  const verified = async (typed: typeof ADA.signup | typeof BOB = ADA.signup): Promise<Browser> => {
    const owner = await signUp(gatehouse, typed);
    const answer = await post(owner, VERIFY, { code: codeIn(await gatehouse.inbox.newest(typed.email)) });
    expect(answer.location).toBe("/app");
    return owner;
  };
  const asked = async (owner: Browser, email: string): Promise<string> => {
    const mails = (await gatehouse.inbox.at(email)).length;
    expect((await post(owner, PATH, { email, currentPassword: ADA.password })).status).toBe(303);
    return linkIn(await gatehouse.inbox.newest(email, mails + 1), CONFIRM);
  };
  const emails = async () =>
    (await gatehouse.database.execute<{ email: string }>("select email from users order by email")).rows.map(
      ({ email }) => email,
    );
  const keyIds = async () =>
    (await gatehouse.database.execute<{ id: string }>("select id from `keys` order by id")).rows.map(({ id }) => id);
  /** Reserves emails for an account until this time. */
  const keep = async (userId: string, names: readonly string[], until: number) => {
    const emails = names.map((name, index) => `('${name}', '${userId}', 1, ${until + index})`);
    await gatehouse.database.execute(
      `insert into reserved_emails (email, user_id, created_at, expires_at) values ${emails.join(", ")}`,
    );
    const tokens = names.map(
      (name, index) =>
        `('undo-email', '${name}', '${`${name.replace(/\W/g, "")}${HASH}`.slice(0, 64)}', '${name}', '${userId}', ${until + index}, 1)`,
    );
    await gatehouse.database.execute(
      `insert into one_time_tokens (purpose, subject, token_hash, email, user_id, expires_at, created_at) values ${tokens.join(", ")}`,
    );
  };
  const numbered = (count: number) => Array.from({ length: count }, (_, index) => `former${index}@example.com`);
  const reserved = async () => (await gatehouse.database.execute("select email from reserved_emails")).rows.length;
  const open = async () =>
    (await gatehouse.database.execute("select subject from one_time_tokens where purpose = 'undo-email'")).rows.length;

  /** Changes Ada's email and returns the link that undoes it, from the message to the former email. */
  const moved = async (): Promise<{ owner: Browser; link: string }> => {
    const owner = await verified();
    const seen = await undoLinks();
    expect((await post(owner, await asked(owner, NEW))).notice).toBe("email-changed");
    return { owner, link: await undoLinkAfter(seen) };
  };
  const undoLinks = async () =>
    (await gatehouse.inbox.at(ADA.email)).filter(({ text }) => text.includes(UNDO)).map((mail) => linkIn(mail, UNDO));
  const undoLinkAfter = async (seen: readonly string[]): Promise<string> => {
    const fresh = async () => (await undoLinks()).find((link) => !seen.includes(link));
    await expect.poll(fresh, { timeout: 10_000 }).toBeDefined();
    return (await fresh()) ?? "";
  };
  /** Requests a new password with the former email, and returns the link that undoes the change. */
  const askedAgain = async (from = STRANGER): Promise<string> => {
    const seen = await undoLinks();
    const form = new URLSearchParams({ email: ADA.email });
    const answer = await gatehouse.browser().post(FORGOT, form, { "CF-Connecting-IP": from });
    expect(answer.location).toBe(`${FORGOT}/sent`);
    return undoLinkAfter(seen);
  };
  const statuses = async (links: readonly string[]) => {
    const opened: number[] = [];
    for (const link of links) opened.push((await gatehouse.browser().open(link)).status);
    return opened;
  };

  test("keeps the link that undoes the change although others request one; the first link used revokes the rest", async () => {
    const { link } = await moved();
    const links = [link, await askedAgain(), await askedAgain("198.51.100.10")];
    expect(await statuses(links)).toEqual([200, 200, 200]);
    expect((await post(gatehouse.browser(), link)).location).toBe("/auth/reset-password");
    expect(await emails()).toEqual([ADA.email]);
    expect(await statuses(links)).toEqual([410, 410, 410]);
    expect([await open(), await keyIds()]).toEqual([0, [`email:${ADA.email}`]]);
  });

  test("keeps the link of the change and the newest three of each requester", async () => {
    const { link } = await moved();
    const links: string[] = [link, await askedAgain("198.51.100.10")];
    for (let times = 0; times < 5; times += 1) {
      links.push(await askedAgain());
      await gatehouse.redis.flushdb();
    }
    expect(await statuses(links)).toEqual([200, 200, 410, 410, 200, 200, 200]);
  });

  test("is restored by a later link as by the first: links issued after the change are revoked, earlier ones are not", async () => {
    const { owner, link: first } = await moved();
    await post(owner, await asked(owner, "third@example.com"));
    const second = linkIn(await gatehouse.inbox.newest(NEW, 2), UNDO);
    const again = await askedAgain();
    const rows = await gatehouse.database.execute(
      "select expires_at, created_at, user_id from one_time_tokens where purpose = 'undo-email' and subject = ?",
      [ADA.email],
    );
    expect(rows.rows).toHaveLength(2);
    expect(rows.rows[0]).toEqual(rows.rows[1]);
    expect((await post(gatehouse.browser(), again)).location).toBe("/auth/reset-password");
    expect(await emails()).toEqual([ADA.email]);
    expect(await statuses([first, second])).toEqual([410, 410]);
    expect([await open(), await keyIds()]).toEqual([0, [`email:${ADA.email}`]]);
  });

  test("has no valid link left that was requested while another one was used", async () => {
    const { link } = await moved();
    const form = new URLSearchParams({ email: ADA.email });
    const ask = (_: unknown, index: number) =>
      gatehouse.browser().post(FORGOT, form, { "CF-Connecting-IP": `198.51.100.${index}` });
    const [undone, ...asked] = await Promise.all([post(gatehouse.browser(), link), ...Array.from({ length: 8 }, ask)]);
    expect(undone.location).toBe("/auth/reset-password");
    expect(asked.map(({ status }) => status)).toEqual(Array(8).fill(303));
    await gatehouse.settle();
    expect([await emails(), await open(), await keyIds()]).toEqual([[ADA.email], 0, [`email:${ADA.email}`]]);
  });

  test("counts once, even with many links to undo the change", async () => {
    const { owner } = await moved();
    for (let times = 0; times < 3; times += 1) await askedAgain();
    await askedAgain("198.51.100.10");
    expect(await open()).toBe(5);
    await keep(userIdOf(owner), numbered(3), Date.now() + 8 * DAY);
    expect((await post(owner, await asked(owner, "fifth@example.com"))).notice).toBe("email-changed");
    const refused = await post(owner, PATH, { email: "sixth@example.com", currentPassword: ADA.password });
    expect([refused.status, refused.title]).toEqual([422, `Too many email changes · ${brand.name}`]);

    const { links, reservedEmails } = JSON.parse((await owner.open("/app/account/export")).text);
    const expected = [ADA.email, NEW, ...numbered(3)].toSorted();
    expect(reservedEmails.map(({ email }: { email: string }) => email).toSorted()).toEqual(expected);
    expect(links.filter(({ purpose }: { purpose: string }) => purpose === "undo-email")).toEqual([]);
  });

  test("is told once that the account was deleted, and all links that undo the change are deleted", async () => {
    const { owner, link } = await moved();
    const links = [link, await askedAgain(), await askedAgain()];
    const deletion = { currentPassword: ADA.password, confirmation: "yes" };
    expect((await post(owner, "/app/account/delete", deletion)).location).toBe("/");
    const told = async () =>
      (await gatehouse.inbox.at(ADA.email)).filter(({ subject }) => subject.includes("was deleted")).length;
    await expect.poll(told, { timeout: 10_000 }).toBe(1);
    await gatehouse.settle();
    expect([await told(), await open()]).toEqual([1, 0]);
    expect(await statuses(links)).toEqual([410, 410, 410]);
    expect((await gatehouse.database.execute("select email from reserved_emails")).rows).toEqual([]);
  });

  test("is released with all its links by a sign-up and by the clean-up, which counts it once", async () => {
    const { owner } = await moved();
    await askedAgain();
    await askedAgain();
    await gatehouse.database.execute("update one_time_tokens set expires_at = 1 where purpose = 'undo-email'");
    await gatehouse.database.execute("update reserved_emails set expires_at = 1");
    await verified();
    expect(await emails()).toEqual([ADA.email, NEW]);

    const rows = ["a", "b", "c"].map(
      (name) =>
        `('undo-email', 'former@example.com', '${`${name}${HASH}`}', 'former@example.com', '${userIdOf(owner)}', 1, 1)`,
    );
    await gatehouse.database.execute(
      `insert into one_time_tokens (purpose, subject, token_hash, email, user_id, expires_at, created_at) values ${rows.join(", ")}`,
    );
    await keep(userIdOf(owner), ["former@example.com", ...numbered(201)], Date.now() - 2_000);
    expect(await gatehouse.runScheduled(Date.now(), "*/5 * * * *")).toBe("ok");
    expect([await open(), await reserved()]).toEqual([0, 0]);
    await expect.poll(() => gatehouse.logs()).toContain('"reservedEmails":203');
  });

  test("is free for a sign-up as soon as the reservation expires, before any clean-up", async () => {
    const owner = await verified();
    await keep(userIdOf(owner), numbered(400), Date.now() - 1_000);
    const newcomer = await verified({ ...BOB, email: "former7@example.com" });
    expect((await newcomer.open("/app")).status).toBe(200);
    expect(await emails()).toEqual([ADA.email, "former7@example.com"]);
    expect((await owner.open("/app")).status).toBe(200);
  });

  test("is also free for a change of the email", async () => {
    const owner = await verified();
    await keep(userIdOf(owner), ["former@example.com"], Date.now() - 1_000);
    const bob = await verified(BOB);
    const answer = await post(bob, await asked(bob, "former@example.com"));
    expect(answer.notice).toBe("email-changed");
    expect(await emails()).toEqual([ADA.email, "former@example.com"]);
    expect(await keyIds()).toEqual([`email:${ADA.email}`, "email:former@example.com"].toSorted());
    expect(
      (await post(gatehouse.browser(), "/auth/signin", { ...ADA.signin, email: "former@example.com" })).status,
    ).toBe(303);
  });

  test("cannot be used by others while it is reserved", async () => {
    const owner = await verified();
    await keep(userIdOf(owner), ["former@example.com"], Date.now() + DAY);
    const bob = await verified(BOB);
    const answer = await post(bob, await asked(bob, "former@example.com"));
    expect([answer.status, answer.title]).toEqual([422, `This email is already in use · ${brand.name}`]);
    if (mode === "optional") {
      const refused = await post(gatehouse.browser(), "/auth/signup", { ...ADA.signup, email: "former@example.com" });
      expect([refused.status, refused.errorAt("email") !== null]).toEqual([422, true]);
    }
    expect(await emails()).toEqual([ADA.email, BOB.email]);
    expect(await reserved()).toBe(1);
  });

  test("five reserved emails are the maximum: a further change is refused with the time of the next one", async () => {
    const owner = await verified();
    const until = Date.now() + 3 * DAY;
    await keep(userIdOf(owner), numbered(4), until);
    const links = [await asked(owner, NEW), await asked(owner, "other@example.com")] as const;
    expect((await post(owner, links[0])).notice).toBe("email-changed");
    expect(await reserved()).toBe(5);

    const page = await post(owner, PATH, { email: "sixth@example.com", currentPassword: ADA.password });
    expect([page.status, page.title]).toEqual([422, `Too many email changes · ${brand.name}`]);
    const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(until);
    expect(page.text).toContain(day);
    expect(page.text).toContain("Nothing was changed");
    await gatehouse.settle();
    expect(await gatehouse.inbox.at("sixth@example.com")).toEqual([]);
    expect(await reserved()).toBe(5);

    await gatehouse.redis.flushdb();
    await post(owner, "/auth/signin", { email: NEW, password: ADA.password });
    for (const [table, column] of [
      ["reserved_emails", "email"],
      ["one_time_tokens", "subject"],
    ]) {
      await gatehouse.database.execute(`update ${table} set expires_at = ? where ${column} = 'former0@example.com'`, [
        Date.now() - 1,
      ]);
    }
    expect((await post(owner, await asked(owner, "sixth@example.com"))).location).toBe("/app/account");
    expect(await emails()).toEqual(["sixth@example.com"]);
  });

  test("a link from before the fifth change is refused and changes nothing", async () => {
    const owner = await verified();
    await keep(userIdOf(owner), numbered(4), Date.now() + 3 * DAY);
    const link = await asked(owner, NEW);
    await keep(userIdOf(owner), ["fifth@example.com"], Date.now() + 4 * DAY);
    const before = await keyIds();
    for (let times = 0; times < 2; times += 1) {
      const page = await post(owner, link);
      expect([page.status, page.title]).toEqual([422, `Too many email changes · ${brand.name}`]);
    }
    const german = await owner.post(link, new URLSearchParams(), { "Accept-Language": "de" });
    expect([german.status, german.text.includes("Es wurde nichts geändert")]).toEqual([422, true]);
    expect([await emails(), await keyIds(), await reserved()]).toEqual([[ADA.email], before, 5]);
    expect((await owner.open("/app")).status).toBe(200);
    await gatehouse.database.execute("delete from reserved_emails where email = 'former0@example.com'");
    await gatehouse.database.execute("delete from one_time_tokens where subject = 'former0@example.com'");
    expect((await post(owner, link)).notice).toBe("email-changed");
  });

  test("of two concurrent links that would reserve a sixth email, one makes the change", async () => {
    const owner = await verified();
    await keep(userIdOf(owner), numbered(4), Date.now() + 3 * DAY);
    const links = [await asked(owner, NEW), await asked(owner, "other@example.com")];
    const answers = await Promise.all(
      links.map((link) => {
        const copy = gatehouse.browser();
        for (const [name, value] of owner.cookies) copy.cookies.set(name, value);
        return post(copy, link);
      }),
    );
    const changed = answers.filter(({ notice }) => notice === "email-changed");
    expect(changed, answers.map(({ status }) => status).join()).toHaveLength(1);
    expect(await reserved()).toBe(5);
  });

  test("one clean-up removes all expired reservations, and many rows of one kind do not delay others", async () => {
    const owner = await verified();
    const userId = userIdOf(owner);
    await keep(userId, numbered(1_050), Date.now() - 2_000);
    const rows = Array.from({ length: 1_200 }, (_, index) => {
      const name = `flood${index}`;
      return `('verify-email', '${name}@example.com', '${`${name}x${HASH}`.slice(0, 64)}', '${name}@example.com', 1, 1)`;
    });
    await gatehouse.database.execute(
      `insert into one_time_tokens (purpose, subject, token_hash, email, expires_at, created_at) values ${rows.join(", ")}`,
    );
    expect(await gatehouse.runScheduled(Date.now(), "*/5 * * * *")).toBe("ok");
    expect((await gatehouse.database.execute("select token_hash from one_time_tokens")).rows).toEqual([]);
    expect(await keyIds()).toEqual([`email:${ADA.email}`]);
    await expect.poll(() => gatehouse.logs()).toContain('"tokens":1200');
    await expect.poll(() => gatehouse.logs()).toContain('"reservedEmails":1050');
  });
});
