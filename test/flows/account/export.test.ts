import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../../support/gatehouse.ts";
import { codeIn, linkIn } from "../../support/inbox.ts";
import { ADA, signIn, signUp } from "../../support/people.ts";
import { cookieOf, handleOf, readEvents, userIdOf } from "../../support/stored.ts";

const PATH = "/app/account/export";
const ISO = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe.skipIf(enginesAreMissing())("the export of an account", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  test("is one file with everything that is stored, and no secret and no hash", async () => {
    const owner = await signUp(gatehouse);
    const mail = await gatehouse.inbox.newest(ADA.email);
    const phone = await signIn(gatehouse);
    await owner.post("/app/account/email", new URLSearchParams({ email: "new@example.com" }));
    await expect.poll(() => readEvents(gatehouse).then(({ length }) => length)).toBe(3);

    const answer = await owner.open(PATH);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("Content-Type")).toBe("application/json");
    expect(answer.headers.get("Content-Disposition")).toBe('attachment; filename="account.json"');
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
    const device = { browser: null, platform: null, country: null };
    const proofs = [{ method: "password", at: ISO }];
    const session = { signedInAt: ISO, lastSeenAt: ISO, passwordGivenAt: ISO, expiresAt: ISO, proofs, ...device };
    expect(JSON.parse(answer.body)).toEqual({
      version: 2,
      exportedAt: ISO,
      account: {
        id: userIdOf(owner),
        email: ADA.email,
        emailVerifiedAt: null,
        language: "en",
        passwordChangedAt: ISO,
        twoStepAt: null,
        createdAt: ISO,
        updatedAt: ISO,
        sessionEpoch: 0,
      },
      keys: [{ name: `email:${ADA.email}`, hasPassword: true }],
      passkeys: [],
      authenticator: null,
      recoveryCodes: [],
      trustedDevices: [],
      links: expect.arrayContaining([
        { purpose: "change-email", email: "new@example.com", createdAt: ISO, expiresAt: ISO, attempts: 0 },
        { purpose: "verify-email", email: ADA.email, createdAt: ISO, expiresAt: ISO, attempts: 0 },
      ]),
      reservedEmails: [],
      notices: [],
      sessions: expect.arrayContaining([
        { thisDevice: true, ...session },
        { thisDevice: false, ...session },
      ]),
      activity: ["email-change-requested", "signed-in", "signed-up"].map((type) =>
        expect.objectContaining({ type, times: 1, at: ISO }),
      ),
    });

    const hashes = [handleOf(owner), handleOf(phone)];
    const { rows } = await gatehouse.database.execute<Record<string, string | null>>(
      "select token_hash, browser_hash, code_hash from one_time_tokens",
    );
    for (const row of rows) hashes.push(...Object.values(row).filter((value) => value !== null));
    const { rows: keys } = await gatehouse.database.execute<{ hashed_password: string }>("select * from `keys`");
    const secrets = [
      ...[owner, phone].map((browser) => cookieOf(browser).split(".")[1] ?? ""),
      ...owner.cookies.values(),
      codeIn(mail),
      linkIn(mail, "/auth/verify-email/").split("/").at(-1) ?? "",
      keys[0]?.hashed_password ?? "",
      ADA.password,
    ];
    for (const secret of [...hashes, ...secrets]) {
      expect(secret.length).toBeGreaterThan(7);
      expect(answer.body).not.toContain(secret);
    }
    await expect.poll(() => readEvents(gatehouse).then((events) => events.at(-1)?.type)).toBe("exported");
  });

  test("text that would end a string of JSON is a value in it", async () => {
    const text = '1","type":"forged';
    const visitor = gatehouse.browser();
    await visitor.post("/auth/signup", new URLSearchParams(ADA.signup), { "CF-Connecting-IP": text });
    await gatehouse.settle();
    expect((await readEvents(gatehouse)).map(({ ip }) => ip)).toEqual([null]);
    // No request can store such a text, so the test inserts it.
    await gatehouse.database.execute("update account_events set ip = ?, browser = ?", [text, "\\\n\u2028"]);
    const { activity } = JSON.parse((await visitor.open(PATH)).body);
    expect(activity).toMatchObject([{ type: "signed-up", ip: text, browser: "\\\n\u2028" }]);
  });

  test("made again on the same day is counted in the activity, which does not grow by it", async () => {
    const owner = await signUp(gatehouse);
    for (let times = 0; times < 3; times += 1) expect((await owner.open(PATH)).status).toBe(200);
    await gatehouse.settle();
    expect((await readEvents(gatehouse)).map(({ type, occurrences }) => [type, Number(occurrences)])).toEqual([
      ["signed-up", 1],
      ["exported", 3],
    ]);
    expect((await owner.open("/app/account/activity")).text).toContain("Data downloaded, 3 times");
  });

  test("contains more events than one read returns", async () => {
    const owner = await signUp(gatehouse);
    await expect.poll(() => readEvents(gatehouse).then(({ length }) => length)).toBe(1);
    const values = Array.from(
      { length: 1_050 },
      (_, index) => `('past-${index}', '${userIdOf(owner)}', 'signed-in', ${1_700_000_000_000 + (index >> 2)})`,
    );
    await gatehouse.database.execute(
      `insert into account_events (id, user_id, type, occurred_at) values ${values.join(", ")}`,
    );
    expect(JSON.parse((await owner.open(PATH)).body).activity).toHaveLength(1_051);
  });

  test("of another or a deleted account is refused", async () => {
    const owner = await signUp(gatehouse);
    const bob = await signUp(gatehouse, { ...ADA.signup, email: "bob@example.com" });
    const { body } = await bob.open(PATH);
    expect(body).not.toContain(ADA.email);
    const { account, keys, links, sessions, activity } = JSON.parse(body);
    expect(account.id).toBe(userIdOf(bob));
    expect([keys, links, sessions, activity].map(({ length }) => length)).toEqual([1, 1, 1, 1]);
    await owner.post(
      "/app/account/delete",
      new URLSearchParams({ currentPassword: ADA.password, confirmation: "yes" }),
    );
    for (const browser of [owner, gatehouse.browser()]) {
      const answer = await browser.open(PATH);
      expect([answer.status, answer.location, answer.body]).toEqual([
        303,
        `/auth/signin?redirectTo=${encodeURIComponent(PATH)}`,
        "",
      ]);
    }
  });
});
