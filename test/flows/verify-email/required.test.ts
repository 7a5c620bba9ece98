import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { brand } from "../../../src/brand.ts";
import { formatValue } from "../../../src/store/person.ts";
import type { Browser, Page } from "../../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../../support/gatehouse.ts";
import { codeIn, linkIn } from "../../support/inbox.ts";
import { ADA, signIn } from "../../support/people.ts";
import { dropSnapshots } from "../../support/stored.ts";

const PATH = "/auth/verify-email";
const wrongCode = (code: string) => `${(Number(code[0]) + 1) % 10}${code.slice(1)}`;

const tokenRows = async (gatehouse: Gatehouse) =>
  (await gatehouse.database.execute("select * from one_time_tokens")).rows as Record<string, unknown>[];

describe.skipIf(enginesAreMissing())("where emails must be verified", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse({ EMAIL_VERIFICATION: "required" });
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const apply = async (typed: Readonly<Record<string, string>> = ADA.signup, query = ""): Promise<[Browser, Page]> => {
    const browser = gatehouse.browser();
    const answer = await browser.submit(await browser.open(`/auth/signup${query}`), "/auth/signup", typed);
    return [browser, answer];
  };
  const applied = async (typed: Readonly<Record<string, string>> = ADA.signup) => {
    const [browser, answer] = await apply(typed);
    const page = await browser.follow(answer);
    return { browser, page, mail: await gatehouse.inbox.newest(typed["email"] ?? "") };
  };
  const enterCode = async (browser: Browser, code: string) => browser.submit(await browser.open(PATH), PATH, { code });
  const users = async () => (await gatehouse.database.execute("select * from users")).rows as Record<string, unknown>[];
  const member = async () => {
    const { browser, mail } = await applied();
    await enterCode(browser, codeIn(mail));
    return browser;
  };

  test("sign-up, then the code from the message, signs in with a verified email", async () => {
    const [browser, answer] = await apply();
    expect([answer.status, answer.location]).toEqual([303, PATH]);
    expect(browser.cookies.has("gatehouse")).toBe(false);
    expect(await users()).toEqual([]);
    const page = await browser.follow(answer);
    expect(page.text).toContain(ADA.email);
    expect(page.field("code").getAttribute("autocomplete")).toBe("one-time-code");
    expect(page.field("code").getAttribute("inputmode")).toBe("numeric");

    const mail = await gatehouse.inbox.newest(ADA.email);
    expect(mail.from).toContain("accounts@gatehouse.test");
    expect(mail.text).toContain("If not, ignore this message");
    const verified = await browser.submit(page, PATH, { code: codeIn(mail) });
    expect([verified.status, verified.location]).toEqual([303, "/app"]);
    const app = await browser.follow(verified);
    expect(app.text).toContain("Your email is verified.");
    expect(app.find(`form[action="${PATH}/resend"]`)).toBeNull();
    expect(JSON.parse((await browser.open("/auth/session")).body).user.emailVerified).toBe(true);
    expect(await users()).toMatchObject([{ email: ADA.email, email_verified_at: expect.any(String) }]);
    expect(await tokenRows(gatehouse)).toEqual([]);
    expect(await gatehouse.inbox.at(ADA.email)).toHaveLength(1);
  });

  test("a recently released email belongs to the next sign-up that proves access to its mailbox", async () => {
    const owner = await member();
    const email = "new@example.com";
    await owner.post("/app/account/email", new URLSearchParams({ email, currentPassword: ADA.password }));
    await owner.post(linkIn(await gatehouse.inbox.newest(email), "/auth/confirm-email/"), new URLSearchParams());
    const undo = linkIn(await gatehouse.inbox.newest(ADA.email, 2), "/auth/undo-email/");

    const [newcomer, answer] = await apply({
      ...ADA.signup,
      password: "jacquard loom",
      passwordConfirmation: "jacquard loom",
    });
    const stranger = gatehouse.browser();
    expect((await stranger.post(PATH, new URLSearchParams({ code: "00000000" }))).status).toBe(422);
    const code = codeIn(await gatehouse.inbox.newest(ADA.email, 3));
    const verified = await newcomer.submit(await newcomer.follow(answer), PATH, { code });
    expect([verified.status, verified.location]).toEqual([303, "/app"]);
    expect((await users()).map((user) => user["email"]).toSorted()).toEqual([ADA.email, email]);
    expect((await owner.open("/app")).status).toBe(200);
    expect((await gatehouse.browser().open(undo)).status).toBe(410);
  });

  test("the code may be typed with spaces and hyphens", async () => {
    const { browser, mail } = await applied();
    const code = codeIn(mail);
    expect((await enterCode(browser, ` ${code.slice(0, 4)}-${code.slice(4)} `)).location).toBe("/app");
  });

  test("the mailed link shows a button, which signs in the browser that requested it", async () => {
    const { browser, mail } = await applied();
    const link = linkIn(mail, `${PATH}/`);
    const page = await browser.open(link);
    expect(page.status).toBe(200);
    const verified = await browser.submit(page, link);
    expect([verified.status, verified.location]).toEqual([303, "/app"]);
    expect((await browser.follow(verified)).status).toBe(200);
  });

  test("in another browser, the link asks for the password and verifies, but does not sign in", async () => {
    const { browser, mail } = await applied();
    const link = linkIn(mail, `${PATH}/`);
    const phone = gatehouse.browser();
    const page = await phone.open(link);
    for (const [password, message] of [
      ["", "Enter the password you chose when you signed up"],
      ["not the password", "This isn't the password of the sign-up"],
    ] as const) {
      const again = await phone.submit(page, link, { password });
      expect([again.status, again.errorAt("password")?.startsWith(message)]).toEqual([422, true]);
    }
    expect(await users()).toEqual([]);
    const verified = await phone.submit(page, link, { password: ADA.password });
    expect([verified.status, verified.location, verified.notice]).toEqual([303, "/auth/signin", "verified"]);
    expect([...phone.cookies.keys()]).toEqual(["gatehouse-device", "gatehouse-notice"]);
    expect((await phone.follow(verified)).text).toContain("Your email is verified");
    const left = await browser.open(PATH);
    expect([left.status, left.location, left.notice]).toEqual([303, "/auth/signin", "used-elsewhere"]);
    expect(browser.cookies.has("gatehouse-verify")).toBe(false);
    expect((await browser.follow(left)).text).toContain("If you verified your email on another device, sign in.");
    expect((await (await signIn(gatehouse)).open("/app")).status).toBe(200);
  });

  test("mail scanners that open the link, with GET or HEAD, many times, consume nothing", async () => {
    const { browser, mail } = await applied();
    const link = linkIn(mail, `${PATH}/`);
    gatehouse.standIns.traffic.clear();
    for (const method of ["GET", "HEAD", "GET", "HEAD"]) {
      expect((await gatehouse.browser().request(link, { method })).status).toBe(200);
    }
    expect(gatehouse.standIns.traffic.calls.map(({ operation }) => operation)).toEqual(
      Array.from({ length: 4 }, () => ["EVAL consume", "SELECT"]).flat(),
    );
    expect((await enterCode(browser, codeIn(mail))).location).toBe("/app");
  });

  test("no stored value can be used as a credential, and trying all codes against the stored hash fails", async () => {
    const { browser, mail } = await applied();
    const stored = JSON.stringify(await tokenRows(gatehouse));
    const token = linkIn(mail, `${PATH}/`).split("/").at(-1) ?? "";
    const secret = browser.cookies.get("gatehouse-verify") ?? "";
    for (const value of [token, codeIn(mail), secret, ADA.password]) expect(stored).not.toContain(value);
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(codeIn(mail)));
    expect(stored).not.toContain(Buffer.from(digest).toString("hex"));
  });

  test("redirectTo is carried to the code and into the link", async () => {
    const [browser, answer] = await apply(ADA.signup, "?redirectTo=%2Fapp%3Ftab%3D1");
    expect(answer.location).toBe(`${PATH}?redirectTo=%2Fapp%3Ftab%3D1`);
    const page = await browser.follow(answer);
    const mail = await gatehouse.inbox.newest(ADA.email);
    expect(linkIn(mail, `${PATH}/`)).toContain("?redirectTo=%2Fapp%3Ftab%3D1");
    expect((await browser.submit(page, PATH, { code: codeIn(mail) })).location).toBe("/app?tab=1");
  });

  test("a wrong code is refused and counted; after the fifth, the right code is refused as well", async () => {
    const { browser, mail } = await applied();
    const code = codeIn(mail);
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      const page = await enterCode(browser, wrongCode(code));
      expect([page.status, page.errorAt("code")]).toEqual([
        422,
        "That code is wrong. Check our latest email, or get a new code",
      ]);
    }
    for (const last of [wrongCode(code), code]) {
      const page = await enterCode(browser, last);
      expect([page.status, page.errorAt("code")]).toEqual([422, "Too many wrong codes. Get a new one"]);
      expect(page.setCookies).toEqual([]);
    }
    expect(await users()).toEqual([]);
    // A link is no attempt at a code, but it is counted by ip.
    const link = linkIn(mail, `${PATH}/`);
    expect((await browser.submit(await browser.open(link), link)).location).toBe("/app");
  });

  test("of fifty concurrent wrong codes, five are checked", async () => {
    const { browser, mail } = await applied();
    const guess = wrongCode(codeIn(mail));
    await Promise.all(Array.from({ length: 50 }, () => browser.post(PATH, new URLSearchParams({ code: guess }))));
    const [row] = await tokenRows(gatehouse);
    expect(row?.["attempts"]).toBe(5);
    await gatehouse.redis.flushdb();
    expect((await enterCode(browser, codeIn(mail))).status).toBe(422);
  });

  test("attempts at a code and at a password count together: ten in all, however many codes are sent", async () => {
    const { browser, mail } = await applied();
    const guess = wrongCode(codeIn(mail));
    const statuses: number[] = [];
    for (let tries = 0; tries < 11; tries += 1) {
      if (tries === 5) await browser.post(`${PATH}/resend`, new URLSearchParams());
      statuses.push((await enterCode(browser, guess)).status);
    }
    expect(statuses).toEqual([...Array<number>(10).fill(422), 429]);
    const signin = new URLSearchParams({ email: ADA.email, password: "a guess" });
    expect((await gatehouse.browser().post("/auth/signin", signin)).status).toBe(429);
    const link = linkIn(await gatehouse.inbox.newest(ADA.email, 2), `${PATH}/`);
    expect((await browser.post(link, new URLSearchParams())).status).toBe(303);
  });

  test.each([
    ["", "Enter the code from our email"],
    ["1234567", "Enter all 8 digits"],
    ["12345678901", "Enter all 8 digits"],
    ["abcdefgh", "Enter all 8 digits"],
    ["１２３４５６７８", "Enter all 8 digits"],
  ])("the code %j is a 422 that counts as no attempt", async (code, message) => {
    const { browser } = await applied();
    const page = await enterCode(browser, code);
    expect([page.status, page.errorAt("code")]).toEqual([422, message]);
    expect((await tokenRows(gatehouse))[0]?.["attempts"]).toBe(0);
  });

  test("after 10 minutes the code says it is too old, and the link still counts; after a day neither", async () => {
    const { browser, mail } = await applied();
    const [{ created_at, code_expires_at, expires_at } = {}] = await tokenRows(gatehouse);
    expect(Number(code_expires_at) - Number(created_at)).toBe(10 * 60_000);
    expect(Number(expires_at) - Number(created_at)).toBe(24 * 60 * 60_000);
    await gatehouse.database.execute("update one_time_tokens set code_expires_at = ?", [Date.now() - 1]);
    const page = await enterCode(browser, codeIn(mail));
    expect([page.status, page.errorAt("code")]).toEqual([
      422,
      "This code is older than 10 minutes. Get a new one, or open the link in the email",
    ]);
    const link = linkIn(mail, `${PATH}/`);
    expect((await browser.open(link)).status).toBe(200);
    await gatehouse.database.execute("update one_time_tokens set expires_at = ?", [Date.now() - 1]);
    const dead = await browser.open(link);
    expect([dead.status, dead.setCookies]).toEqual([410, []]);
    expect((await browser.post(link, new URLSearchParams())).status).toBe(410);
    expect(await users()).toEqual([]);
  });

  test("a code is valid only in the browser that requested it", async () => {
    const { mail } = await applied();
    const thief = gatehouse.browser();
    for (const cookie of [null, "a".repeat(40), "short"]) {
      if (cookie !== null) thief.cookies.set("gatehouse-verify", cookie);
      const page = await thief.post(PATH, new URLSearchParams({ code: codeIn(mail) }));
      expect([page.status, thief.cookies.has("gatehouse")]).toEqual([422, false]);
      expect(page.errorAt("code")).toContain("no longer works");
    }
    expect(await users()).toEqual([]);
  });

  test("another message has another code and leaves the earlier link valid until one of them is used", async () => {
    const { browser, page, mail: first } = await applied();
    const resent = await browser.submit(page, `${PATH}/resend`);
    expect([resent.status, resent.location]).toEqual([303, PATH]);
    const second = await gatehouse.inbox.newest(ADA.email, 2);
    expect(codeIn(second)).not.toBe(codeIn(first));
    const link = linkIn(first, `${PATH}/`);
    expect((await gatehouse.browser().open(link)).status).toBe(200);
    expect((await enterCode(browser, codeIn(first))).status).toBe(422);
    expect((await enterCode(browser, codeIn(second))).location).toBe("/app");
    expect((await gatehouse.browser().open(link)).status).toBe(410);
  });

  test("a fourth message from one ip to an email in a day gets a 429 with the wait, for every email alike", async () => {
    await member();
    await gatehouse.redis.flushdb();
    for (const email of [ADA.email, "nobody@example.com"]) {
      const typed = { ...ADA.signup, email };
      for (let mails = 1; mails <= 3; mails += 1) expect((await apply(typed))[1].status).toBe(303);
      const [, refused] = await apply(typed);
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(23 * 60 * 60);
      expect(refused.text).toContain("24 hours");
      expect(refused.setCookies).toEqual([]);
    }
  });

  test("of fifty concurrent uses of a token, one succeeds", async () => {
    const { browser, mail } = await applied();
    const link = linkIn(mail, `${PATH}/`);
    const secret = browser.cookies.get("gatehouse-verify") ?? "";
    const use = () => {
      const copy = gatehouse.browser();
      copy.cookies.set("gatehouse-verify", secret);
      return copy.post(link, new URLSearchParams());
    };
    const answers = await Promise.all(Array.from({ length: 50 }, use));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    // On a busy machine, some requests wait too long for the row. They change nothing, and their retry shows the
    // result.
    expect(answers.filter(({ status }) => ![303, 410, 503].includes(status))).toEqual([]);
    for (const { status } of answers) if (status === 503) expect((await use()).status).toBe(410);
    expect(await users()).toHaveLength(1);
  });

  test.each([
    ["forged", (token: string) => token.replace(/^./, (first) => (first === "a" ? "b" : "a"))],
    ["cut", (token: string) => token.slice(0, -1)],
    ["lengthened", (token: string) => `${token}a`],
    ["upper-case", (token: string) => token.toUpperCase()],
    ["encoded", (token: string) => `%00${token.slice(1)}`],
  ])("a %s link gets the one answer for dead links, and nothing changes", async (_, damage) => {
    const { mail } = await applied();
    const link = linkIn(mail, `${PATH}/`);
    const token = link.split("/").at(-1) ?? "";
    const answer = await gatehouse.browser().post(`${PATH}/${damage(token)}`, new URLSearchParams());
    expect(answer.status).toBe(410);
    expect(answer.text).toContain("This link no longer works");
    expect(await users()).toEqual([]);
    expect(await tokenRows(gatehouse)).toHaveLength(1);
  });

  test("a sign-up with a taken email notifies its owner and reveals nothing to the visitor", async () => {
    await member();
    await gatehouse.inbox.empty();
    const { browser, page, mail } = await applied({
      ...ADA.signup,
      password: "another password",
      passwordConfirmation: "another password",
    });
    expect(page.text).toContain(ADA.email);
    expect(mail.subject).toBe(`You already have a ${brand.name} account`);
    expect(mail.text).toContain("https://gatehouse.test/auth/signin");
    expect(mail.text).toContain("https://gatehouse.test/auth/forgot-password");
    expect(mail.text).not.toMatch(/\d{8}/);
    for (let attempt = 1; attempt <= 4; attempt += 1)
      expect((await enterCode(browser, "12345678")).errorAt("code")).toContain("That code is wrong");
    expect((await enterCode(browser, "12345678")).errorAt("code")).toContain("Too many wrong codes");
    expect((await users()).length).toBe(1);
    await signIn(gatehouse);
  });

  test("known, unknown and unverified emails get the same response, page and number of calls", async () => {
    await member();
    await gatehouse.database.execute(
      "insert into users (id, email, email_verified_at, session_epoch, created_at, updated_at) values ('unverified00001', 'uma@example.com', null, 0, 1, 1)",
    );
    await gatehouse.settle();
    await gatehouse.redis.flushdb();
    const shown = [];
    for (const email of [ADA.email, "uma@example.com", "nob@example.com"]) {
      const typed = { ...ADA.signup, email, password: "one and the same", passwordConfirmation: "one and the same" };
      gatehouse.standIns.traffic.clear();
      gatehouse.standIns.traffic.delayMs = 250;
      const [browser, answer] = await apply(typed);
      const answeredAt = performance.now();
      const before = gatehouse.standIns.traffic.calls.filter(({ endedAt }) => endedAt <= answeredAt);
      gatehouse.standIns.traffic.restore();
      const page = await browser.follow(answer);
      const madeFor = createHash("sha256").update(email).digest("hex").slice(0, 32);
      const masked = (text: string) => text.replaceAll(email, "x@example.com").replaceAll(madeFor, "x");
      const headers = [...answer.headers].filter(([name]) => !["x-request-id", "set-cookie", "date"].includes(name));
      shown.push({
        status: answer.status,
        headers,
        cookies: answer.setCookies.map((line) => line.replace(/=[a-z0-9]{40}; Expires=[^;]+; Max-Age=86400/, "")),
        calls: before.map(({ operation }) => operation),
        length: answer.body.length,
        page: masked(page.body),
      });
      await gatehouse.inbox.newest(email);
    }
    expect(shown[1]).toEqual(shown[0]);
    expect(shown[2]).toEqual(shown[0]);
    expect(shown[0]?.calls).toEqual(["RANGE", "EVAL consume", "EVAL consume", "INSERT", "INSERT"]);
  });

  test("a verified sign-up deletes an unverified account with the same email", async () => {
    const squatter = { email: ADA.email, password: "the squatter's own" };
    const [user, key] = ["squatter0000001", `email:${ADA.email}`];
    await signUpUnverified(user, key, squatter.password);
    const { browser, mail } = await applied();
    expect((await enterCode(browser, codeIn(mail))).location).toBe("/app");
    expect(await users()).toEqual([
      expect.objectContaining({ id: expect.not.stringMatching(user), email_verified_at: expect.any(String) }),
    ]);
    await gatehouse.settle();
    const tables = ["keys", "account_events", "one_time_tokens"];
    for (const table of tables) {
      const left = await gatehouse.database.execute(`select * from \`${table}\` where user_id = ?`, [user]);
      expect([table, left.rows]).toEqual([table, []]);
    }
    const refused = await gatehouse.browser().post("/auth/signin", new URLSearchParams(squatter));
    expect(refused.status).toBe(401);
    await signIn(gatehouse);
  });

  test("of two sign-ups for one email the first verified one counts, and the other password never works", async () => {
    const first = await applied({
      ...ADA.signup,
      password: "first come first",
      passwordConfirmation: "first come first",
    });
    const [second] = await apply();
    const mail = await gatehouse.inbox.newest(ADA.email, 2);
    expect((await enterCode(second, codeIn(mail))).location).toBe("/app");
    const stale = await first.browser.post(PATH, new URLSearchParams({ code: codeIn(first.mail) }));
    expect(stale.status).toBe(422);
    const answer = await gatehouse
      .browser()
      .post("/auth/signin", new URLSearchParams({ email: ADA.email, password: "first come first" }));
    expect(answer.status).toBe(401);
  });

  describe("an attacker who signs up with someone else's email", () => {
    const stranger = { ...ADA.signup, password: "the stranger's own", passwordConfirmation: "the stranger's own" };
    const strangerGetsIn = async () => {
      const answer = await gatehouse
        .browser()
        .post("/auth/signin", new URLSearchParams({ email: ADA.email, password: stranger.password }));
      return answer.location === "/app";
    };

    test("after the owner gains nothing when the owner uses the newest link, in any browser", async () => {
      const owner = await applied();
      await apply(stranger);
      const newest = linkIn(await gatehouse.inbox.newest(ADA.email, 2), `${PATH}/`);
      for (const browser of [gatehouse.browser(), owner.browser]) {
        const answer = await browser.post(newest, new URLSearchParams({ password: ADA.password }));
        expect(answer.status).toBe(422);
      }
      expect(await users()).toEqual([]);
      expect(await strangerGetsIn()).toBe(false);
    });

    test("over an unverified account gains nothing either", async () => {
      await signUpUnverified("unverified00001", `email:${ADA.email}`, ADA.password);
      await apply(stranger);
      const newest = linkIn(await gatehouse.inbox.newest(ADA.email), `${PATH}/`);
      const answer = await gatehouse.browser().post(newest, new URLSearchParams({ password: ADA.password }));
      expect(answer.status).toBe(422);
      expect(await strangerGetsIn()).toBe(false);
    });

    test("before the owner, and then signs in, does not revoke the owner's message", async () => {
      await signUpUnverified("squatter0000001", `email:${ADA.email}`, stranger.password);
      const owner = await applied();
      await gatehouse
        .browser()
        .post("/auth/signin", new URLSearchParams({ email: ADA.email, password: stranger.password }));
      const strangers = linkIn(await gatehouse.inbox.newest(ADA.email, 2), `${PATH}/`);
      const pressed = await gatehouse.browser().post(strangers, new URLSearchParams({ password: ADA.password }));
      expect(pressed.status).toBe(422);
      expect((await enterCode(owner.browser, codeIn(owner.mail))).location).toBe("/app");
      expect(await strangerGetsIn()).toBe(false);
      await signIn(gatehouse);
    });

    test("gets five attempts at the password of a link, and the attempts at the owner's code are counted separately", async () => {
      const { browser, mail } = await applied();
      const link = linkIn(mail, `${PATH}/`);
      for (let attempt = 1; attempt <= 5; attempt += 1) {
        await gatehouse.browser().post(link, new URLSearchParams({ password: `guess ${attempt}` }));
      }
      const late = await gatehouse.browser().post(link, new URLSearchParams({ password: ADA.password }));
      expect([late.status, late.errorAt("password")]).toEqual([
        422,
        "Too many wrong passwords for this link. Sign in or sign up again to get a new email",
      ]);
      expect((await browser.submit(await browser.open(link), link)).location).toBe("/app");
    });
  });

  test("a session from the time of optional verification is invalid until the email is verified", async () => {
    await signUpUnverified("unverified00001", `email:${ADA.email}`, ADA.password);
    const browser = gatehouse.browser();
    const id = `unverified00001.${"s".repeat(40)}`;
    const hash = Buffer.from(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(id))).toString("hex");
    const end = Date.now() + 60_000;
    const text = JSON.stringify({
      renewAt: end,
      idleEndsAt: end,
      epoch: 0,
      seenAt: end,
      evidence: [{ method: "password", at: 0 }],
    });
    await gatehouse.redis.hset("person:unverified00001", {
      [`s:${hash}`]: formatValue({ end, rank: Date.now(), text }),
    });
    browser.cookies.set("gatehouse", id);
    expect((await browser.open("/app")).status).toBe(303);
    expect((await browser.open("/auth/session")).body).toBe("null");
    await gatehouse.database.execute("update users set email_verified_at = 1");
    await dropSnapshots(gatehouse);
    expect((await browser.open("/app")).status).toBe(200);
  });

  test("the limiter answers before a password is hashed", async () => {
    for (let mails = 1; mails <= 3; mails += 1) await apply();
    await gatehouse.inbox.newest(ADA.email, 3);
    gatehouse.standIns.traffic.clear();
    expect((await apply())[1].status).toBe(429);
    expect(gatehouse.standIns.traffic.calls.map(({ operation }) => operation)).toEqual([
      "RANGE",
      "EVAL consume",
      "EVAL consume",
    ]);
  });

  test("GET of the route that requests another message redirects to the page with its button", async () => {
    const page = await gatehouse.browser().open(`${PATH}/resend?redirectTo=%2Fapp%3Ftab%3D1`);
    expect([page.status, page.location]).toEqual([303, `${PATH}?redirectTo=%2Fapp%3Ftab%3D1`]);
  });

  test("signing in with an unverified email requires access to the mailbox", async () => {
    await signUpUnverified("unverified00001", `email:${ADA.email}`, ADA.password);
    const browser = gatehouse.browser();
    const answer = await browser.post("/auth/signin", new URLSearchParams(ADA.signin));
    expect([answer.status, answer.location]).toEqual([303, PATH]);
    expect(browser.cookies.has("gatehouse")).toBe(false);
    const mail = await gatehouse.inbox.newest(ADA.email);
    expect((await enterCode(browser, codeIn(mail))).location).toBe("/app");
    expect(await users()).toMatchObject([{ session_epoch: 0, email_verified_at: expect.any(String) }]);
  });

  test("a COMMIT that fails loses neither the token nor its effect", async () => {
    const { browser, mail } = await applied();
    gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" }, operation: "COMMIT" });
    expect((await enterCode(browser, codeIn(mail))).status).toBe(503);
    gatehouse.standIns.traffic.restore();
    expect(await users()).toEqual([]);
    expect((await enterCode(browser, codeIn(mail))).location).toBe("/app");
  });

  test("links in messages start with PUBLIC_ORIGIN, whatever host a request names", async () => {
    // On a developer's machine the host differs, and a header can name any host.
    const browser = gatehouse.browser("http://127.0.0.1:8999");
    await browser.post("/auth/signup", new URLSearchParams(ADA.signup), { "X-Forwarded-Host": "evil.example" });
    const mail = await gatehouse.inbox.newest(ADA.email);
    expect(mail.text.match(/https?:\/\/[^/\s]+/g)).toEqual(["https://gatehouse.test"]);
    expect(mail.html).not.toMatch(/127\.0\.0\.1|evil/);
    const elsewhere = gatehouse.browser("https://elsewhere.test");
    const refused = await elsewhere.post(
      "/auth/signup",
      new URLSearchParams({ ...ADA.signup, email: "x@example.com" }),
    );
    expect(refused.status).toBe(421);
    await gatehouse.settle();
    expect(await gatehouse.inbox.at("x@example.com")).toEqual([]);
  });

  test("without a pending verification, the page redirects to sign-in", async () => {
    const browser = gatehouse.browser();
    expect((await browser.open(PATH)).location).toBe("/auth/signin");
    expect((await browser.post(`${PATH}/resend`, new URLSearchParams())).location).toBe("/auth/signin");
    expect(await tokenRows(gatehouse)).toEqual([]);
  });

  async function signUpUnverified(id: string, key: string, password: string) {
    const { passwordHash } = await import("../../../src/auth/credentials/password/hash.ts");
    await gatehouse.database.execute(
      "insert into users (id, email, email_verified_at, session_epoch, created_at, updated_at) values (?, ?, null, 0, 1, 1)",
      [id, ADA.email],
    );
    await gatehouse.database.execute("insert into `keys` (id, user_id, hashed_password) values (?, ?, ?)", [
      key,
      id,
      await passwordHash.generate(password),
    ]);
  }
});
