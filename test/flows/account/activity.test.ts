import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../../support/gatehouse.ts";
import { codeIn } from "../../support/inbox.ts";
import { ADA, signIn, signUp } from "../../support/people.ts";
import { eventTypes, readEvents, userIdOf } from "../../support/stored.ts";

const PATH = "/app/account/activity";
const DAY = 24 * 60 * 60 * 1_000;

describe.skipIf(enginesAreMissing())("the activity of an account", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  /** Inserts an event into the audit log with that time. */
  const happened = (userId: string, id: string, type: string, at: number) =>
    gatehouse.database.execute(
      "insert into account_events (id, user_id, type, occurred_at, browser, platform) values (?, ?, ?, ?, 'Firefox', 'Linux')",
      [id, userId, type, at],
    );
  const count = async () => Number((await gatehouse.database.execute("select id from account_events")).rows.length);

  test("the texts that advise to change the password link to it, as the security page does", async () => {
    const owner = await signUp(gatehouse);
    for (const path of ["/app/account/activity", "/app/account/sessions"]) {
      expect((await owner.open(path)).link("change your password")).toBe("/app/account/password");
      expect((await owner.open(`${path}?lang=de`)).link("ändern Sie Ihr Passwort")).toBe("/app/account/password");
      await owner.open("/app?lang=en");
    }
    expect((await owner.open("/app/account/security")).link("Change: Your password")).toBe("/app/account/password");
  });

  test("lists events, newest first, with time, device and country", async () => {
    const owner = await signUp(gatehouse);
    const code = codeIn(await gatehouse.inbox.newest(ADA.email));
    await owner.submit(await owner.open("/auth/verify-email"), "/auth/verify-email", { code });
    const wrong = new URLSearchParams({ email: ADA.email, password: "not the password" });
    for (let tries = 0; tries < 3; tries += 1) await gatehouse.browser().post("/auth/signin", wrong);
    const phone = gatehouse.browserIn("DE");
    phone.userAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    await phone.submit(await phone.open("/auth/signin"), "/auth/signin", ADA.signin);
    await phone.submit(await phone.open("/app"), "/auth/signout");
    await expect
      .poll(() => eventTypes(gatehouse))
      .toEqual(["email-verified", "sign-in-failed", "signed-in", "signed-in", "signed-out", "signed-up"]);

    const page = await owner.open(PATH);
    expect(page.status).toBe(200);
    expect(page.text).toMatch(
      /\d+ \w+ \d{4} UTC Signed out \d\d:\d\d UTC · Firefox on Linux · Germany.* Signed in .* Wrong password, 3 times ?Important .* Account created /,
    );
    expect(page.body).not.toContain("not the password");
    const countries = new Set((await readEvents(gatehouse)).map(({ country }) => country));
    expect(countries).toEqual(new Set([null, "DE"]));
  });

  test("contains only events of this account", async () => {
    await signUp(gatehouse);
    const bob = await signUp(gatehouse, { ...ADA.signup, email: "bob@example.com" });
    await signIn(gatehouse);
    await expect.poll(count).toBe(3);
    expect((await bob.open(PATH)).text.match(/Signed in|Account created/g)).toEqual(["Account created"]);
  });

  test("has pages of 25 without a gap or a repetition, also with many concurrent events", async () => {
    const owner = await signUp(gatehouse);
    await expect.poll(count).toBe(1);
    const userId = userIdOf(owner);
    const at = Date.now() - DAY;
    for (let number = 10; number < 100; number += 1) await happened(userId, `event-${number}`, `kind-${number}`, at);
    const seen: string[] = [];
    let path: string | undefined = PATH;
    let pages = 0;
    while (path !== undefined) {
      const page = await owner.open(path);
      expect(page.status).toBe(200);
      const found = page.text.match(/kind-\d+|Account created/g) ?? [];
      expect(found.length).toBeLessThanOrEqual(25);
      seen.push(...found);
      pages += 1;
      path = page.links().find((link) => link.startsWith(`${PATH}?before=`));
      expect(page.links().includes(PATH)).toBe(pages > 1);
    }
    const expected = ["Account created", ...Array.from({ length: 90 }, (_, index) => `kind-${99 - index}`)];
    expect([pages, seen]).toEqual([4, expected]);
  });

  test.each(["x", "1.", ".a", "1.a'--", "99999999999999999999.a", "-1.a", "1.%00"])(
    "from ?before=%s begins with the newest",
    async (before) => {
      const owner = await signUp(gatehouse);
      await expect.poll(count).toBe(1);
      const page = await owner.open(`${PATH}?before=${before}`);
      expect([page.status, page.text.includes("Account created")]).toEqual([200, true]);
      // Only pages after the first one have a link to the newest events.
      expect(page.links()).not.toContain(PATH);
    },
  );

  test("that cannot be stored does not prevent a sign-in", async () => {
    await signUp(gatehouse);
    gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" }, service: "database", operation: "INSERT" });
    expect((await (await signIn(gatehouse)).open("/app")).status).toBe(200);
    await expect.poll(() => gatehouse.logs()).toContain("deferred-work-failed");
  });

  test("a sign-out with a made-up cookie leaves no trace in anyone's", async () => {
    const owner = await signUp(gatehouse);
    await expect.poll(count).toBe(1);
    const forger = gatehouse.browser();
    forger.cookies.set("gatehouse", `${userIdOf(owner)}.${"a".repeat(40)}`);
    await forger.post("/auth/signout", new URLSearchParams());
    await signIn(gatehouse);
    await expect.poll(count).toBe(2);
    expect(await eventTypes(gatehouse)).toEqual(["signed-in", "signed-up"]);
  });

  test("is kept 365 days, and expired links are removed, by the clock that wrangler.toml sets", async () => {
    const owner = await signUp(gatehouse);
    const userId = userIdOf(owner);
    const now = Date.now();
    await happened(userId, "old", "signed-in", now - 365 * DAY - 1);
    await happened(userId, "young", "signed-in", now - 365 * DAY + 60_000);
    await gatehouse.browser().post("/auth/forgot-password", new URLSearchParams({ email: ADA.email }));
    const tokens = async () =>
      (await gatehouse.database.execute("select purpose from one_time_tokens order by purpose")).rows;
    await expect.poll(count).toBe(3);

    expect(await gatehouse.runScheduled(now)).toBe("ok");
    expect(await count()).toBe(2);
    expect(await tokens()).toEqual([{ purpose: "reset-password" }, { purpose: "verify-email" }]);
    await gatehouse.runScheduled(now + 61 * 60_000);
    expect(await tokens()).toEqual([{ purpose: "verify-email" }]);
    await gatehouse.runScheduled(now + 2 * DAY);
    expect([await tokens(), await count()]).toEqual([[], 1]);
    await expect.poll(() => gatehouse.logs()).toContain('"event":"expired-removed"');
    expect((await owner.open("/app")).status).toBe(200);
  });

  test("of more than one batch is removed whole", async () => {
    const owner = await signUp(gatehouse);
    const values = Array.from(
      { length: 1_001 },
      (_, index) => `('old-${index}', '${userIdOf(owner)}', 'signed-in', 1)`,
    );
    await gatehouse.database.execute(
      `insert into account_events (id, user_id, type, occurred_at) values ${values.join(", ")}`,
    );
    await gatehouse.runScheduled(Date.now());
    await expect.poll(count).toBe(1);
  });

  test("a scheduled run with a failing store logs it, and the next run does the work", async () => {
    const owner = await signUp(gatehouse);
    await happened(userIdOf(owner), "old", "signed-in", 1);
    gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" }, service: "database" });
    expect(await gatehouse.runScheduled(Date.now())).toBe("exception");
    await expect.poll(() => gatehouse.logs()).toContain('"event":"scheduled-run-failed"');
    gatehouse.standIns.traffic.restore();
    expect(await gatehouse.runScheduled(Date.now())).toBe("ok");
    await expect.poll(count).toBe(1);
  });
});
