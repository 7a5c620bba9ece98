import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Browser } from "../../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../../support/gatehouse.ts";
import { codeIn, linkIn } from "../../support/inbox.ts";
import { ADA, signIn, signUp } from "../../support/people.ts";
import { readEvents } from "../../support/stored.ts";

const ACTIVITY = "/app/account/activity";
const EXPORT = "/app/account/export";
/** The ip of someone who does not own the account. */
const SOMEWHERE = "203.0.113.77";
const SOME_BROWSER =
  "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 OPR/120.0";

describe.skipIf(enginesAreMissing())("the origin of other people's requests", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const stranger = () => Object.assign(gatehouse.browser(), { userAgent: SOME_BROWSER });
  const post = (browser: Browser, path: string, fields: Readonly<Record<string, string>>) =>
    browser.post(path, new URLSearchParams(fields), { "CF-Connecting-IP": SOMEWHERE });
  const verify = async (owner: Browser) => {
    const code = codeIn(await gatehouse.inbox.newest(ADA.email));
    expect((await owner.submit(await owner.open("/auth/verify-email"), "/auth/verify-email", { code })).status).toBe(
      303,
    );
  };
  const move = async (owner: Browser, email: string) => {
    await owner.post("/app/account/email", new URLSearchParams({ email, currentPassword: ADA.password }));
    return linkIn(await gatehouse.inbox.newest(email), "/auth/confirm-email/");
  };
  const failures = async () => {
    await gatehouse.settle();
    return (await readEvents(gatehouse)).filter(({ type }) => type === "sign-in-failed");
  };
  /** Everything that the owner of the account can read about it. */
  const seen = async (holder: Browser) => {
    const pages = [await holder.open(ACTIVITY), await holder.open(EXPORT)];
    expect(pages.map(({ status }) => status)).toEqual([200, 200]);
    return pages.map(({ body }) => body).join("\n");
  };
  const expectNothingSeen = async (holder: Browser) => {
    const text = await seen(holder);
    for (const trace of [SOMEWHERE, "Opera", "ChromeOS"]) expect(text).not.toContain(trace);
  };

  test.each([
    ["a sign-in", "/auth/signin", { email: ADA.email, password: "my own password" }],
    [
      "a sign-up",
      "/auth/signup",
      { ...ADA.signup, password: "my own password", passwordConfirmation: "my own password" },
    ],
  ] as const)("is neither stored nor shown of %s on an account with an unverified email", async (_, path, fields) => {
    const squatter = await signUp(gatehouse);
    expect((await post(stranger(), path, fields)).status).toBeGreaterThan(400);
    const nothing = { ip: null, country: null, browser: null, platform: null };
    expect(await failures()).toEqual([expect.objectContaining({ ...nothing, type: "sign-in-failed" })]);
    await expectNothingSeen(squatter);
    expect(await seen(squatter)).toContain("Wrong password");
  });

  test("is not shown of a link to verify the email that the reader of its mailbox opened", async () => {
    const squatter = await signUp(gatehouse);
    const link = linkIn(await gatehouse.inbox.newest(ADA.email), "/auth/verify-email/");
    expect((await post(stranger(), link, { password: "my own password" })).status).toBe(422);
    expect(await failures()).toHaveLength(1);
    await expectNothingSeen(squatter);
  });

  test("is shown of a failed attempt once the email is verified", async () => {
    const owner = await signUp(gatehouse);
    await post(stranger(), "/auth/signin", { email: ADA.email, password: "a guess" });
    await verify(owner);
    await expectNothingSeen(owner);
    await post(stranger(), "/auth/signin", { email: ADA.email, password: "a guess" });
    expect(await failures()).toEqual([expect.objectContaining({ ip: SOMEWHERE, browser: "Opera" })]);
    const text = await seen(owner);
    for (const trace of [SOMEWHERE, "Opera", "ChromeOS"]) expect(text).toContain(trace);
  });

  test("is not shown of attempts at a former email, which are not recorded", async () => {
    const thief = await signUp(gatehouse);
    await verify(thief);
    const link = await move(thief, "new@example.com");
    expect((await thief.submit(await thief.open(link), link)).status).toBe(303);
    for (const path of ["/auth/signin", "/auth/signup"]) {
      const answer = await post(stranger(), path, { ...ADA.signup });
      expect([path, answer.status]).toEqual([path, path === "/auth/signin" ? 401 : 422]);
    }
    expect(await failures()).toEqual([]);
    await expectNothingSeen(thief);
    // They count as attempts, as for any email.
    for (let tries = 2; tries < 10; tries += 1) await post(stranger(), "/auth/signin", ADA.signin);
    expect((await post(stranger(), "/auth/signin", ADA.signin)).status).toBe(429);
  });

  test("is not shown of a link to confirm another email that the reader of that mailbox opened", async () => {
    const owner = await signUp(gatehouse);
    await verify(owner);
    const link = await move(owner, "somebody@example.com");
    expect((await post(stranger(), link, { currentPassword: "my own password" })).status).toBe(401);
    expect(await failures()).toEqual([expect.objectContaining({ ip: null, browser: null, occurrences: 1 })]);
    await expectNothingSeen(owner);
  });

  test("is not shown of an undone change, because the attacker has no session to read it in", async () => {
    const thief = await signUp(gatehouse);
    await verify(thief);
    const link = await move(thief, "thief@example.com");
    await thief.submit(await thief.open(link), link);
    const undo = linkIn(await gatehouse.inbox.newest(ADA.email, 2), "/auth/undo-email/");
    const owner = stranger();
    expect((await post(owner, undo, {})).status).toBe(303);
    for (const path of [ACTIVITY, EXPORT]) expect((await thief.open(path)).status).toBe(303);
    const again = await signIn(gatehouse, { email: "thief@example.com", password: ADA.password }).catch(String);
    expect(again).toContain("401");
  });
});
