import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { brand } from "../../src/brand.ts";
import type { OutboxRow } from "../../src/store/schema.ts";
import type { Browser } from "../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { type MailService, startMailService } from "../support/mail-service.ts";
import { ADA } from "../support/people.ts";
import { dropSnapshots } from "../support/stored.ts";

const EVERY_MINUTE = "* * * * *";
const MINUTE = 60_000;
const NEW = "lovelace@example.com";
const FRESH = { password: "difference engine 1822", passwordConfirmation: "difference engine 1822" };
const CHANGE = { currentPassword: ADA.password, ...FRESH };
const CHANGED = `Your ${brand.name} password was changed`;
const DELETED = `Your ${brand.name} account was deleted`;

describe.skipIf(enginesAreMissing())("a notice that could not be sent", () => {
  let gatehouse: Gatehouse;
  let service: MailService;
  beforeAll(async () => {
    service = await startMailService();
    gatehouse = await startGatehouse(service.variables);
  });
  beforeEach(async () => {
    await gatehouse.reset();
    service.reset();
  });
  afterAll(async () => {
    await gatehouse.close();
    service.close();
  });

  const post = (browser: Browser, path: string, fields: Readonly<Record<string, string>> = {}, headers = {}) =>
    browser.post(path, new URLSearchParams(fields), headers);
  const readOutbox = async () =>
    (await gatehouse.database.execute<OutboxRow>("select * from outbox order by recipient")).rows;
  const subjects = () => service.requests.map(({ body }) => body["subject"]);
  const recipients = () => service.requests.flatMap(({ body }) => body["to"] as string[]);
  /** Creates an account with a verified email. The mail service fails from then on. */
  const signUpVerified = async (owner = gatehouse.browser()): Promise<Browser> => {
    expect((await post(owner, "/auth/signup", ADA.signup)).status).toBe(303);
    // The message of the sign-up must not be counted below.
    await expect.poll(() => service.requests.length).toBe(1);
    await gatehouse.settle();
    await gatehouse.database.execute("update users set email_verified_at = 1");
    await dropSnapshots(gatehouse);
    service.reset();
    service.respondWith(503);
    return owner;
  };
  const runAt = async (time: number) => {
    expect(await gatehouse.runScheduled(time, EVERY_MINUTE)).toBe("ok");
    await gatehouse.settle();
  };
  const changePassword = async (owner: Browser) => {
    expect((await post(owner, "/app/account/password", CHANGE)).status).toBe(303);
    await gatehouse.settle();
  };

  test("is sent exactly once by a scheduled run after the mail service has recovered", async () => {
    const owner = await signUpVerified();
    await changePassword(owner);
    const [row] = await readOutbox();
    expect(row).toMatchObject({ kind: "password-changed", recipient: ADA.email, language: "en", attempts: 0 });
    const { rows } = await gatehouse.database.execute("select id from account_events where type = 'password-changed'");
    expect(rows).toEqual([{ id: row?.event_id }]);

    const due = Number(row?.next_at);
    service.reset();
    await runAt(due - 1);
    expect(service.requests).toEqual([]);
    await runAt(due);
    expect([subjects(), recipients()]).toEqual([[CHANGED], [ADA.email]]);
    expect(await readOutbox()).toEqual([]);
    await runAt(due + MINUTE);
    expect(service.requests).toHaveLength(1);
  });

  test("waits twice as long after each attempt, and is dropped after 72 hours", async () => {
    const owner = await signUpVerified();
    await changePassword(owner);
    const created = Number((await readOutbox())[0]?.created_at);
    const attempts: number[] = [];
    while ((await readOutbox()).length > 0) {
      const at = Number((await readOutbox())[0]?.next_at);
      attempts.push(Math.round((at - created) / MINUTE));
      await runAt(at);
    }
    expect(attempts.slice(0, 10)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
    expect(attempts.at(-2)).toBeLessThan(72 * 60);
    expect(attempts.at(-1)).toBeGreaterThanOrEqual(72 * 60);
    expect(Math.max(...attempts.map((at, index) => at - (attempts[index - 1] ?? 0)))).toBe(6 * 60);
    // The request made the first attempt, and the last scheduled run dropped the notice instead of sending it.
    expect(service.requests).toHaveLength(attempts.length);
    await gatehouse.settle();
    const logs = gatehouse.logs();
    expect(logs).toContain('"event":"notice-delayed","kind":"password-changed","attempts":1,"mail":"status 503"');
    expect(logs).toContain('"event":"notice-dropped","kind":"password-changed","reason":"expired"');
    expect(logs).not.toContain(ADA.email);
  });

  test("describes the device that made the change in its message and in the export", async () => {
    const owner = await signUpVerified(gatehouse.browserIn("DE"));
    owner.userAgent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";
    await changePassword(owner);
    const device = { browser: "Firefox", platform: "Windows", country: "DE" };
    expect(JSON.parse((await owner.open("/app/account/export")).body).notices).toMatchObject([device]);
    service.reset();
    await runAt(Date.now() + MINUTE);
    const [{ body } = { body: {} as Record<string, unknown> }] = service.requests;
    expect(body["text"]).toMatch(
      /^Account: ada@example\.com\nWhen: \d+ \w+ \d{4} at \d\d:\d\d UTC\nDevice: Firefox on Windows\nCountry: Germany$/m,
    );
  });

  test("describes no device to an email that was never verified", async () => {
    const owner = await signUpVerified(gatehouse.browserIn("DE"));
    await gatehouse.database.execute("update users set email_verified_at = null");
    await dropSnapshots(gatehouse);
    await changePassword(owner);
    expect((await readOutbox()).map(({ parameters }) => JSON.parse(parameters))).toEqual([
      { isVerified: false, origin: null },
    ]);
    service.reset();
    await runAt(Date.now() + MINUTE);
    expect(service.requests).toHaveLength(1);
    expect(service.requests[0]?.body["text"]).not.toMatch(/^(?:Device|Country):/m);
  });

  test("is sent once by concurrent runs", async () => {
    const owner = await signUpVerified();
    await changePassword(owner);
    const due = Number((await readOutbox())[0]?.next_at);
    service.reset();
    // Every run has read the notice before the first claims it.
    gatehouse.standIns.traffic.delayMs = 100;
    await Promise.all([runAt(due), runAt(due), runAt(due)]);
    expect(subjects()).toEqual([CHANGED]);
  });

  test("is not stored if the change was not committed", async () => {
    const owner = await signUpVerified();
    gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" }, operation: "COMMIT" });
    expect((await post(owner, "/app/account/password", CHANGE)).status).toBe(503);
    gatehouse.standIns.traffic.restore();
    expect(await readOutbox()).toEqual([]);
  });

  test("is sent a second time if its row could not be deleted after the first", async () => {
    const owner = await signUpVerified();
    service.reset();
    gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" }, operation: "DELETE", skip: 1, times: 1 });
    await changePassword(owner);
    expect([subjects(), (await readOutbox()).length]).toEqual([[CHANGED], 1]);
    await runAt(Date.now() + MINUTE);
    expect([subjects(), await readOutbox()]).toEqual([[CHANGED, CHANGED], []]);
  });

  test("about a changed email is stored without a link, and gets one that undoes the change when it is sent", async () => {
    const owner = await signUpVerified();
    service.reset();
    expect((await post(owner, "/app/account/email", { email: NEW, currentPassword: ADA.password })).status).toBe(303);
    await expect.poll(() => recipients()).toContain(NEW);
    const [, link = ""] = /(\/auth\/confirm-email\/\w+)/.exec(String(service.requests.at(-1)?.body["text"])) ?? [];
    service.respondWith(503);
    expect((await post(owner, link)).notice).toBe("email-changed");
    await gatehouse.settle();
    const [row] = await readOutbox();
    expect(row).toMatchObject({ kind: "email-changed", recipient: ADA.email });
    const firstToken = /\/auth\/undo-email\/(\w+)/.exec(String(service.requests.at(-1)?.body["text"]))?.[1] ?? "none";
    expect(JSON.stringify(row)).not.toContain(firstToken);

    service.reset();
    await runAt(Number(row?.next_at));
    expect(recipients()).toEqual([ADA.email]);
    const [undo = ""] = /\/auth\/undo-email\/\w+/.exec(String(service.requests[0]?.body["text"])) ?? [];
    expect(undo).not.toContain(firstToken);
    expect((await post(gatehouse.browser(), undo)).location).toBe("/auth/reset-password");
    await expect.poll(() => recipients().toSorted()).toEqual([ADA.email, ADA.email, NEW]);
  });

  test("about a changed email is dropped after the change was undone", async () => {
    const owner = await signUpVerified();
    service.reset();
    await post(owner, "/app/account/email", { email: NEW, currentPassword: ADA.password });
    await expect.poll(() => recipients()).toContain(NEW);
    const [link = ""] = /\/auth\/confirm-email\/\w+/.exec(String(service.requests.at(-1)?.body["text"])) ?? [];
    service.respondWith(503);
    await post(owner, link);
    await gatehouse.settle();
    service.reset();
    await post(gatehouse.browser(), "/auth/forgot-password", { email: ADA.email });
    await expect.poll(() => recipients()).toEqual([ADA.email]);
    const [undo = ""] = /\/auth\/undo-email\/\w+/.exec(String(service.requests[0]?.body["text"])) ?? [];
    expect((await post(gatehouse.browser(), undo)).status).toBe(303);
    await gatehouse.settle();
    service.reset();
    await runAt(Date.now() + MINUTE);
    expect([service.requests, await readOutbox()]).toEqual([[], []]);
    await expect
      .poll(() => gatehouse.logs())
      .toContain('"event":"notice-dropped","kind":"email-changed","reason":"outdated"');
  });

  test("is deleted with the account, which leaves only the notice of the deletion", async () => {
    const owner = await signUpVerified();
    await changePassword(owner);
    const deletion = { currentPassword: FRESH.password, confirmation: "yes" };
    expect((await post(owner, "/app/account/delete", deletion)).notice).toBe("account-deleted");
    await gatehouse.settle();
    expect(await readOutbox()).toEqual([
      expect.objectContaining({ kind: "account-deleted", recipient: ADA.email, event_id: null }),
    ]);
    service.reset();
    await runAt(Date.now() + MINUTE);
    expect([subjects(), await readOutbox()]).toEqual([[DELETED], []]);
  });

  test("is in the export until it is sent", async () => {
    const owner = await signUpVerified();
    await changePassword(owner);
    const { notices } = JSON.parse((await owner.open("/app/account/export")).body);
    const device = { browser: null, platform: null, country: null };
    expect(notices).toEqual([
      {
        kind: "password-changed",
        email: ADA.email,
        language: "en",
        createdAt: expect.any(String),
        attempts: 0,
        ...device,
      },
    ]);
  });

  test("is sent even if the other task of the same run fails", async () => {
    const owner = await signUpVerified();
    await changePassword(owner);
    service.reset();
    gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" }, operation: "SELECT", times: 1 });
    expect(await gatehouse.runScheduled(Date.now() + MINUTE, EVERY_MINUTE)).not.toBe("ok");
    expect(subjects()).toEqual([CHANGED]);
  });

  test.each([
    ["kind", "unheard-of"],
    ["language", "tlh"],
    ["parameters", "{"],
    ["parameters", "{}"],
  ])(
    "of another release, with the %s %j, does not block other notices, and is dropped after 72 hours",
    async (column, value) => {
      const owner = await signUpVerified();
      await changePassword(owner);
      const [row] = await readOutbox();
      await gatehouse.database.execute(`update outbox set ${column} = ?, id = 'other'`, [value]);
      const columns = "kind, event_id, user_id, recipient, language, parameters, attempts, next_at, created_at";
      const values = [row?.kind, row?.event_id, row?.user_id, row?.recipient, row?.language, row?.parameters, 0];
      await gatehouse.database.execute(
        `insert into outbox (id, ${columns}) values ('this', ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        [...values, Number(row?.next_at) + 1, row?.created_at],
      );
      service.reset();
      await runAt(Number(row?.next_at) + 1);
      expect([subjects(), await readOutbox()]).toEqual([
        [CHANGED],
        [expect.objectContaining({ id: "other", attempts: 1 })],
      ]);
      await runAt(Date.now() + 73 * 60 * MINUTE);
      expect([subjects(), await readOutbox()]).toEqual([[CHANGED], []]);
    },
  );

  test("is in the language of the owner's last sign-in, regardless of the request that causes it", async () => {
    const german = { "Accept-Language": "de" };
    const owner = gatehouse.browser();
    await post(owner, "/auth/signup", ADA.signup, german);
    await gatehouse.settle();
    await gatehouse.database.execute("update users set email_verified_at = 1");
    await dropSnapshots(gatehouse);
    service.reset();
    expect((await post(owner, "/app/account/password", CHANGE, { "Accept-Language": "en" })).status).toBe(303);
    await expect.poll(() => subjects()).toEqual([`Ihr Passwort für ${brand.name} wurde geändert`]);
  });
});
