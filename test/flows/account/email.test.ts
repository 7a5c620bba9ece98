import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { brand } from "../../../src/brand.ts";
import type { Browser, Page } from "../../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../../support/gatehouse.ts";
import { codeIn, linkIn } from "../../support/inbox.ts";
import { ADA, signIn, signUp } from "../../support/people.ts";
import { agePassword, cookieOf, copySession, eventTypes } from "../../support/stored.ts";

const PATH = "/app/account/email";
const SECURITY = "/app/account/security";
const CONFIRM = "/auth/confirm-email/";
const UNDO = "/auth/undo-email/";
const NEW = "lovelace@example.com";
const BOB = { ...ADA.signup, email: "bob@example.com" };
const FRESH = { password: "difference engine 1822", passwordConfirmation: "difference engine 1822" };
const HOUR = 60 * 60 * 1_000;
const WEEK = 7 * 24 * HOUR;

describe.skipIf(enginesAreMissing())("a change of the email", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  /** Signs Ada in, with a verified email. */
  const verified = async (): Promise<Browser> => {
    const owner = await signUp(gatehouse);
    const code = codeIn(await gatehouse.inbox.newest(ADA.email));
    await owner.submit(await owner.open("/auth/verify-email"), "/auth/verify-email", { code });
    return owner;
  };
  const ask = async (browser: Browser, email: string = NEW): Promise<Page> =>
    browser.submit(await browser.open(PATH), PATH, { email });
  /** Requests a change and returns the link that the new email received. */
  const asked = async (browser: Browser, email: string = NEW): Promise<string> => {
    const mails = (await gatehouse.inbox.at(email)).length;
    const answer = await browser.post(PATH, new URLSearchParams({ email, currentPassword: ADA.password }));
    expect(answer.status).toBe(303);
    return linkIn(await gatehouse.inbox.newest(email, mails + 1), CONFIRM);
  };
  const press = async (browser: Browser, link: string, typed: Readonly<Record<string, string>> = {}): Promise<Page> =>
    browser.submit(await browser.open(link), link, typed);
  /** Changes Ada's email and returns the link that undoes it, from the message to the old email. */
  const changed = async (): Promise<{ owner: Browser; undo: string }> => {
    const owner = await verified();
    await agePassword(gatehouse, owner);
    await owner.post(PATH, new URLSearchParams({ email: NEW, currentPassword: ADA.password }));
    await press(owner, linkIn(await gatehouse.inbox.newest(NEW), CONFIRM));
    return { owner, undo: linkIn(await gatehouse.inbox.newest(ADA.email, 2), UNDO) };
  };
  const signinStatus = async (email: string, password: string = ADA.password) =>
    (await gatehouse.browser().post("/auth/signin", new URLSearchParams({ email, password }))).status;
  /** The lifetime of each link, in milliseconds. */
  const lifetimes = async (purpose: string) => {
    const select = "select expires_at, created_at from one_time_tokens where purpose = ?";
    const { rows } = await gatehouse.database.execute<Record<string, string>>(select, [purpose]);
    return rows.map(({ expires_at, created_at }) => Number(expires_at) - Number(created_at));
  };
  const emails = async () => (await gatehouse.database.execute("select email from users order by email")).rows;
  const schedule = (time: number) => gatehouse.runScheduled(time);

  test("is requested, confirmed from the new mailbox, and announced to the old one, which can undo it", async () => {
    const owner = await verified();
    await agePassword(gatehouse, owner);
    const phone = await signIn(gatehouse);
    // The code, and the notice of the sign-in.
    await gatehouse.inbox.newest(ADA.email, 2);
    const form = await owner.open(PATH);
    expect(form.field("account").getAttribute("value")).toBe(ADA.email);
    const sent = await owner.submit(form, PATH, { email: ` ${NEW.toUpperCase()}`, currentPassword: ADA.password });
    expect([sent.status, sent.location]).toEqual([303, `${PATH}?sent`]);
    expect((await owner.follow(sent)).text).toContain(`We sent a link to ${NEW}`);
    expect(await emails()).toEqual([{ email: ADA.email }]);
    expect(await gatehouse.inbox.at(ADA.email)).toHaveLength(2);

    const mail = await gatehouse.inbox.newest(NEW);
    expect(mail.subject).toBe(`Confirm your new email for ${brand.name}`);
    const link = linkIn(mail, CONFIRM);
    const before = cookieOf(owner);
    const answer = await press(owner, link);
    expect([answer.status, answer.location, answer.notice]).toEqual([303, "/app/account", "email-changed"]);
    expect(cookieOf(owner)).not.toBe(before);
    const account = await owner.follow(answer);
    expect(account.text).toMatch(new RegExp(`${NEW} ?Verified`));
    expect((await phone.open("/app")).status).toBe(303);
    expect([await signinStatus(ADA.email), await signinStatus(NEW)]).toEqual([401, 303]);
    expect((await owner.open(link)).status).toBe(410);

    const notice = await gatehouse.inbox.newest(ADA.email, 3);
    expect(notice.subject).toBe(`Your ${brand.name} email was changed`);
    expect(notice.text).toContain(`Your account's email is now ${NEW}.`);
    expect(linkIn(notice, UNDO)).toMatch(/^\/auth\/undo-email\/[a-z0-9]{40}$/);
    expect(await eventTypes(gatehouse)).toEqual(expect.arrayContaining(["email-change-requested", "email-changed"]));
  });

  test("is shown by its email while it is not confirmed, and can be canceled, which revokes the link", async () => {
    const owner = await verified();
    await agePassword(gatehouse, owner);
    expect((await owner.open(SECURITY)).text).not.toContain("Email change");
    await owner.post(PATH, new URLSearchParams({ email: NEW, currentPassword: ADA.password }));
    const link = linkIn(await gatehouse.inbox.newest(NEW), CONFIRM);
    for (const path of [SECURITY, PATH])
      expect((await owner.open(path)).text).toMatch(new RegExp(`${NEW} ?Not confirmed`));
    const canceled = await owner.submit(await owner.open(`${PATH}?sent`), `${PATH}/cancel`);
    expect([canceled.status, canceled.location, canceled.notice]).toEqual([303, SECURITY, "email-change-canceled"]);
    const page = await owner.follow(canceled);
    expect(page.text).toContain("The email change was canceled.");
    expect(page.text).not.toContain(NEW);
    expect((await owner.open(link)).status).toBe(410);
    expect(await eventTypes(gatehouse)).toContain("email-change-canceled");

    // Without a change there is nothing to cancel, and nothing is recorded.
    const events = (await eventTypes(gatehouse)).length;
    const again = await owner.post(`${PATH}/cancel`, new URLSearchParams());
    expect([again.status, again.location, again.notice]).toEqual([303, SECURITY, null]);
    await gatehouse.settle();
    expect(await eventTypes(gatehouse)).toHaveLength(events);
    expect((await owner.open(`${PATH}?sent`)).title).toBe(`Change email · ${brand.name}`);
  });

  test("from an email that was never verified promises no undo, before and after it", async () => {
    const owner = await signUp(gatehouse);
    expect((await owner.open(PATH)).text).not.toContain("can undo");
    await owner.post(PATH, new URLSearchParams({ email: NEW }));
    const answer = await press(owner, linkIn(await gatehouse.inbox.newest(NEW), CONFIRM));
    const page = await owner.follow(answer);
    expect(page.text).toContain("Your email was changed. All other devices were signed out.");
    expect(page.text).not.toContain("can undo");
    expect((await owner.open(PATH)).text).toContain("can undo");
  });

  test("that another account requested cannot be canceled", async () => {
    const owner = await verified();
    await agePassword(gatehouse, owner);
    await owner.post(PATH, new URLSearchParams({ email: NEW, currentPassword: ADA.password }));
    const link = linkIn(await gatehouse.inbox.newest(NEW), CONFIRM);
    const bob = await signUp(gatehouse, { ...ADA.signup, email: "bob@example.com" });
    expect((await bob.open(SECURITY)).text).not.toContain(NEW);
    await bob.post(`${PATH}/cancel`, new URLSearchParams());
    expect((await owner.open(link)).status).toBe(200);
  });

  test("asks for the password unless it was entered in the last ten minutes; a password that is sent is always checked", async () => {
    const owner = await signUp(gatehouse);
    expect((await owner.open(PATH)).hasField("currentPassword")).toBe(false);
    const wrong = await owner.post(PATH, new URLSearchParams({ email: NEW, currentPassword: "no" }));
    expect([wrong.status, wrong.errorAt("currentPassword")]).toEqual([401, "Wrong password"]);
    await agePassword(gatehouse, owner);
    const missing = await ask(owner);
    expect([missing.status, missing.errorAt("currentPassword")]).toEqual([422, "Enter your current password"]);
    expect(missing.field("email").getAttribute("value")).toBe(NEW);
    expect(await gatehouse.inbox.at(NEW)).toEqual([]);
    const given = await owner.submit(missing, PATH, { email: NEW, currentPassword: ADA.password });
    expect(given.status).toBe(303);
    await expect.poll(async () => (await owner.open(PATH)).hasField("currentPassword")).toBe(false);
  });

  test.each([
    ["", "Enter your email"],
    ["lovelace", "Enter an email like name@example.com"],
    ["a@example.com,b@example.com", "Enter an email like name@example.com"],
    [ADA.email, "This is already your email"],
  ])("to %j is refused and mails nobody", async (email, message) => {
    const owner = await signUp(gatehouse);
    const page = await ask(owner, email);
    expect([page.status, page.errorAt("email")]).toEqual([422, message]);
    expect(
      (await gatehouse.database.execute("select * from one_time_tokens where purpose = 'change-email'")).rows,
    ).toEqual([]);
  });

  test("to a taken email gets the same response, and only the owner of that email is told the reason", async () => {
    const owner = await signUp(gatehouse);
    await signUp(gatehouse, BOB);
    const free = await ask(owner);
    const taken = await ask(owner, BOB.email);
    const names = ({ setCookies }: Page) => setCookies.map((line) => line.split(";", 1)[0]);
    expect([taken.status, taken.location, names(taken)]).toEqual([free.status, free.location, names(free)]);
    const mail = await gatehouse.inbox.newest(BOB.email, 2);
    expect(mail.subject).toBe(`There's already a ${brand.name} account with this email`);
    expect(mail.text).not.toContain(CONFIRM);
    expect(mail.text).not.toContain(ADA.email);
  });

  test("to an email that was taken in the meantime changes nothing and leaves the link valid", async () => {
    const owner = await verified();
    const link = await asked(owner);
    await signUp(gatehouse, { ...BOB, email: NEW });
    const page = await press(owner, link);
    expect([page.status, page.title]).toEqual([422, `This email is already in use · ${brand.name}`]);
    expect(await emails()).toEqual([{ email: ADA.email }, { email: NEW }]);
    expect((await owner.open("/app")).status).toBe(200);
    expect((await owner.open(link)).status).toBe(200);
  });

  test("confirmed in another browser requires the password and signs out all devices", async () => {
    const owner = await verified();
    const link = await asked(owner);
    const restoreSession = await copySession(gatehouse, owner);
    const elsewhere = gatehouse.browser();
    for (const [typed, status] of [
      ["", 422],
      ["not the password", 401],
    ] as const) {
      const page = await press(elsewhere, link, { currentPassword: typed });
      expect([page.status, page.errorAt("currentPassword") !== null]).toEqual([status, true]);
    }
    expect(await emails()).toEqual([{ email: ADA.email }]);
    expect((await elsewhere.open(link)).text).toContain(
      "All devices will be signed out. Then sign in with the new email.",
    );
    expect((await owner.open(link)).text).toContain("All other devices will be signed out.");
    const answer = await press(elsewhere, link, { currentPassword: ADA.password });
    expect([answer.status, answer.location, answer.notice]).toEqual([303, "/auth/signin", "email-changed"]);
    expect(cookieOf(elsewhere)).toBe("");
    expect((await owner.open("/app")).status).toBe(303);
    await restoreSession();
    expect((await owner.open("/app")).status).toBe(303);
    expect(await signinStatus(NEW)).toBe(303);
  });

  test("attempts at the password on the link's page count as usual and do not use up the link", async () => {
    const owner = await verified();
    const link = await asked(owner);
    await gatehouse.settle();
    const elsewhere = gatehouse.browser();
    for (let tries = 0; tries < 10; tries += 1) {
      expect((await press(elsewhere, link, { currentPassword: "a guess" })).status).toBe(401);
    }
    expect((await press(elsewhere, link, { currentPassword: ADA.password })).status).toBe(429);
    expect(await emails()).toEqual([{ email: ADA.email }]);
    expect((await press(owner, link)).status).toBe(303);
  });

  test("confirmed in a session of another account says so and changes nothing", async () => {
    const owner = await verified();
    const link = await asked(owner);
    const bob = await signUp(gatehouse, BOB);
    for (const page of [
      await bob.open(link),
      await bob.post(link, new URLSearchParams({ currentPassword: ADA.password })),
    ]) {
      expect([page.status, page.title]).toEqual([409, `This link is for another account · ${brand.name}`]);
      expect(page.text).toContain(BOB.email);
      expect(page.body).not.toContain(ADA.email);
    }
    expect(await emails()).toEqual([{ email: ADA.email }, { email: BOB.email }]);
    expect((await press(owner, link)).status).toBe(303);
  });

  test("opening a link, however often, changes nothing", async () => {
    const { owner, undo } = await changed();
    const again = await asked(owner, "third@example.com");
    for (const link of [undo, again]) {
      for (const method of ["GET", "HEAD", "GET"]) {
        expect((await gatehouse.browser().request(link, { method })).status).toBe(200);
      }
    }
    expect(await emails()).toEqual([{ email: NEW }]);
  });

  test.each(["CONFIRM", "UNDO"] as const)("a forged, cut or foreign link to %s gets a 410", async (kind) => {
    const { undo } = await changed();
    const prefix = kind === "CONFIRM" ? CONFIRM : UNDO;
    const foreign = kind === "CONFIRM" ? undo.replace(UNDO, CONFIRM) : CONFIRM + "b".repeat(40);
    const visitor = gatehouse.browser();
    for (const link of [prefix + "a".repeat(40), `${prefix}short`, foreign]) {
      expect((await visitor.open(link)).status).toBe(410);
      expect((await visitor.post(link, new URLSearchParams({ currentPassword: ADA.password }))).status).toBe(410);
    }
    expect(await emails()).toEqual([{ email: NEW }]);
  });

  test("asking again leaves the link before as it was; one that is older than an hour is dead", async () => {
    const owner = await verified();
    const first = await asked(owner);
    const second = await asked(owner);
    expect((await owner.open(first)).status).toBe(200);
    expect(await lifetimes("change-email")).toEqual([HOUR, HOUR]);
    await gatehouse.database.execute("update one_time_tokens set expires_at = ? where purpose = 'change-email'", [
      Date.now(),
    ]);
    expect((await owner.open(second)).status).toBe(410);
  });

  test("of fifty concurrent uses of one link, one succeeds", async () => {
    const owner = await verified();
    const link = await asked(owner);
    const cookie = cookieOf(owner);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => {
        const copy = gatehouse.browser();
        copy.cookies.set("gatehouse", cookie);
        return copy.post(link, new URLSearchParams());
      }),
    );
    const done = answers.filter(({ notice }) => notice === "email-changed");
    expect(done).toHaveLength(1);
    expect(answers.filter(({ status }) => ![303, 410, 422, 503].includes(status))).toEqual([]);
    expect((await gatehouse.database.execute("select session_epoch from users")).rows).toEqual([{ session_epoch: 1 }]);
  });

  test("undone restores the old email, revokes all sessions and the password, and leads to choosing a new one", async () => {
    const { owner, undo } = await changed();
    const finder = gatehouse.browser();
    const answer = await press(finder, undo);
    expect([answer.status, answer.location]).toEqual([303, "/auth/reset-password"]);
    expect(await emails()).toEqual([{ email: ADA.email }]);
    expect((await owner.open("/app")).status).toBe(303);
    expect([await signinStatus(ADA.email), await signinStatus(NEW)]).toEqual([401, 401]);
    const form = await finder.follow(answer);
    expect(form.field("email").getAttribute("value")).toBe(ADA.email);
    expect((await finder.submit(form, "/auth/reset-password", FRESH)).status).toBe(303);
    expect(await signinStatus(ADA.email, FRESH.password)).toBe(303);
    expect((await finder.open(undo)).status).toBe(410);
    expect((await gatehouse.inbox.newest(NEW, 2)).subject).toBe(`This email is no longer used for ${brand.name}`);
    const subjects = (await gatehouse.inbox.at(ADA.email)).map(({ subject }) => subject);
    expect(subjects).toContain(`Your ${brand.name} email is back`);
    expect(await eventTypes(gatehouse)).toContain("email-change-undone");
  });

  test("can be undone although an attacker changed the email again, reset the password and requested more links", async () => {
    const { owner: thief, undo } = await changed();
    await press(thief, await asked(thief, "thief@example.com"));
    const second = linkIn(await gatehouse.inbox.newest(NEW, 2), UNDO);
    await gatehouse.browser().post("/auth/forgot-password", new URLSearchParams({ email: "thief@example.com" }));
    const reset = linkIn(await gatehouse.inbox.newest("thief@example.com", 2), "/auth/reset-password/");
    const third = await asked(thief, "fourth@example.com");

    expect((await press(gatehouse.browser(), undo)).status).toBe(303);
    expect(await emails()).toEqual([{ email: ADA.email }]);
    const visitor = gatehouse.browser();
    expect((await visitor.open(second)).status).toBe(410);
    expect((await visitor.open(third)).status).toBe(410);
    expect((await visitor.follow(await visitor.open(reset))).status).toBe(410);
    // The emails in between are free again.
    await signUp(gatehouse, { ...BOB, email: NEW });
    expect(await signinStatus("thief@example.com")).toBe(401);
  });

  test("an older undo outlives a newer one that is used", async () => {
    const { owner, undo } = await changed();
    await press(owner, await asked(owner, "third@example.com"));
    await press(gatehouse.browser(), linkIn(await gatehouse.inbox.newest(NEW, 2), UNDO));
    expect(await emails()).toEqual([{ email: NEW }]);
    expect((await press(gatehouse.browser(), undo)).status).toBe(303);
    expect(await emails()).toEqual([{ email: ADA.email }]);
  });

  test("reserves the old email for a week, for sign-ups and for changes; after that it is free", async () => {
    const { undo } = await changed();
    expect(await lifetimes("undo-email")).toEqual([WEEK]);
    const squatter = gatehouse.browser();
    const signup = () => squatter.post("/auth/signup", new URLSearchParams({ ...BOB, email: ADA.email }));
    const refused = await signup();
    expect([refused.status, refused.errorAt("email")?.includes("already")]).toEqual([422, true]);
    const bob = await signUp(gatehouse, BOB);
    const taken = await press(bob, await asked(bob, ADA.email));
    expect([taken.status, taken.title]).toEqual([422, `This email is already in use · ${brand.name}`]);

    for (const table of ["one_time_tokens", "reserved_emails"]) {
      await gatehouse.database.execute(`update ${table} set expires_at = expires_at - ?`, [WEEK]);
    }
    expect((await gatehouse.browser().open(undo)).status).toBe(410);
    await schedule(Date.now());
    expect((await signup()).status).toBe(303);
    expect(await emails()).toEqual([{ email: ADA.email }, { email: BOB.email }, { email: NEW }]);
  });

  test("back to the old email needs no undo link and leaves none", async () => {
    const { owner, undo } = await changed();
    expect((await press(owner, await asked(owner, ADA.email))).notice).toBe("email-changed");
    expect(await emails()).toEqual([{ email: ADA.email }]);
    expect((await owner.open(undo)).status).toBe(410);
    expect(await signinStatus(ADA.email)).toBe(303);
    expect((await gatehouse.database.execute("select email from reserved_emails")).rows).toEqual([{ email: NEW }]);
    expect((await gatehouse.database.execute("select id from `keys`")).rows).toEqual([{ id: `email:${ADA.email}` }]);
  });

  test("of an unverified email notifies it without an undo link and does not reserve it", async () => {
    const owner = await signUp(gatehouse);
    await press(owner, await asked(owner));
    expect(await emails()).toEqual([{ email: NEW }]);
    const told = await gatehouse.inbox.newest(ADA.email, 2);
    expect(told.subject).toBe(`This email is no longer used for ${brand.name}`);
    expect(told.text).not.toContain(UNDO);
    await signUp(gatehouse);
    expect(await emails()).toEqual([{ email: ADA.email }, { email: NEW }]);
  });

  test("whose response was lost is still announced to the old email, and can be undone", async () => {
    const owner = await verified();
    const link = await asked(owner);
    gatehouse.standIns.traffic.inject({ fault: { kind: "lostAnswer" }, operation: "COMMIT", times: 1 });
    expect((await press(owner, link)).status).toBe(503);
    expect(await emails()).toEqual([{ email: NEW }]);
    expect(await gatehouse.runScheduled(Date.now() + 60_000, "* * * * *")).toBe("ok");
    const undo = linkIn(await gatehouse.inbox.newest(ADA.email, 2), UNDO);
    expect((await press(gatehouse.browser(), undo)).status).toBe(303);
    expect(await emails()).toEqual([{ email: ADA.email }]);
  });

  test("can also be undone after a request for a new password, if the message was lost; the first link used revokes the other", async () => {
    const { undo } = await changed();
    const before = (
      await gatehouse.database.execute(
        "select expires_at, created_at from one_time_tokens where purpose = 'undo-email'",
      )
    ).rows;
    const answer = await gatehouse.browser().post("/auth/forgot-password", new URLSearchParams({ email: ADA.email }));
    expect(answer.location).toBe("/auth/forgot-password/sent");
    const again = linkIn(await gatehouse.inbox.newest(ADA.email, 3), UNDO);
    expect(again).not.toBe(undo);
    expect(
      (
        await gatehouse.database.execute(
          "select expires_at, created_at from one_time_tokens where purpose = 'undo-email'",
        )
      ).rows,
    ).toEqual([...before, ...before]);
    expect((await gatehouse.browser().open(undo)).status).toBe(200);
    expect((await press(gatehouse.browser(), again)).status).toBe(303);
    expect((await gatehouse.browser().open(undo)).status).toBe(410);
    expect(await emails()).toEqual([{ email: ADA.email }]);
  });

  test("followed by a deletion is announced to the old email, and its undo link explains why it no longer works", async () => {
    const { owner, undo } = await changed();
    await owner.post(
      "/app/account/delete",
      new URLSearchParams({ currentPassword: ADA.password, confirmation: "yes" }),
    );
    for (const email of [NEW, ADA.email]) {
      const told = async () => (await gatehouse.inbox.at(email)).map(({ subject }) => subject);
      await expect.poll(told, { timeout: 10_000 }).toContain(`Your ${brand.name} account was deleted`);
    }
    expect((await gatehouse.browser().open(undo)).text).toContain("the account was deleted");
  });

  test("that is pending is revoked by signing out everywhere", async () => {
    const owner = await verified();
    const link = await asked(owner);
    await owner.post("/app/account/sessions/revoke-others", new URLSearchParams({ currentPassword: ADA.password }));
    expect((await owner.open("/app")).status).toBe(200);
    expect((await owner.open(link)).status).toBe(410);
  });

  test("revokes the links that were mailed for the old email", async () => {
    const owner = await verified();
    await gatehouse.browser().post("/auth/forgot-password", new URLSearchParams({ email: ADA.email }));
    const reset = linkIn(await gatehouse.inbox.newest(ADA.email, 2), "/auth/reset-password/");
    await press(owner, await asked(owner));
    const visitor = gatehouse.browser();
    expect((await visitor.follow(await visitor.open(reset))).status).toBe(410);
  });

  test.each(["confirm", "undo"] as const)("a failing COMMIT to %s loses neither link nor account", async (kind) => {
    const { owner, undo } = await changed();
    const link = kind === "undo" ? undo : await asked(owner, "third@example.com");
    const page = await owner.open(link);
    gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" }, operation: "COMMIT" });
    expect((await owner.submit(page, link)).status).toBe(503);
    gatehouse.standIns.traffic.restore();
    expect(await emails()).toEqual([{ email: NEW }]);
    expect((await owner.open("/app")).status).toBe(200);
    expect((await press(owner, link)).status).toBe(303);
  });

  test("sends at most three messages in 15 minutes to one email", async () => {
    const owner = await signUp(gatehouse);
    for (let mails = 0; mails < 3; mails += 1) expect((await ask(owner)).status).toBe(303);
    const refused = await ask(owner);
    expect([refused.status, Number(refused.headers.get("Retry-After")) > 800]).toEqual([429, true]);
  });
});
