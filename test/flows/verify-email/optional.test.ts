import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../../support/gatehouse.ts";
import { codeIn, linkIn } from "../../support/inbox.ts";
import { ADA, signIn, signUp } from "../../support/people.ts";

const PATH = "/auth/verify-email";

describe.skipIf(enginesAreMissing())("where verification is optional", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  test("sign-up signs in immediately and mails a code; /app asks for the verification until it is done", async () => {
    const browser = await signUp(gatehouse);
    const app = await browser.open("/app");
    expect(app.text).toContain("Your email isn't verified yet");
    // The code is issued after the response to the sign-up.
    const mail = await gatehouse.inbox.newest(ADA.email);
    const page = await browser.open(PATH);
    const verified = await browser.submit(page, PATH, { code: codeIn(mail) });
    expect(verified.location).toBe("/app");
    expect((await browser.follow(verified)).text).not.toContain("isn't verified yet");
    expect((await browser.open(PATH)).location).toBe("/app");
  });

  test("where a code was sent, home, overview and security say so and lead to its field, in both languages", async () => {
    const browser = await signUp(gatehouse);
    for (const path of ["/app", "/app/account", "/app/account/security"]) {
      const page = await browser.open(path);
      expect([path, page.text]).toEqual([path, expect.stringContaining(`We sent a code to ${ADA.email}.`)]);
      expect(page.text).toContain("If you forget your password before it is, resetting it starts a new, empty account");
      expect(page.link("Enter the code")).toBe(PATH);
    }
    const german = await browser.open("/app?lang=de");
    expect(german.text).toContain(`Wir haben einen Code an ${ADA.email} gesendet.`);
    expect(german.link("Code eingeben")).toBe(PATH);

    // This browser has not asked for a code.
    const phone = await signIn(gatehouse);
    const home = await phone.open("/app");
    expect(home.text).not.toContain("We sent a code");
    expect(home.link("Verify email")).toBe(PATH);
  });

  test("after a new sign-in, the page says that the link of the message works, which it does; the code does not", async () => {
    await signUp(gatehouse);
    const mail = await gatehouse.inbox.newest(ADA.email);
    const phone = await signIn(gatehouse);
    const page = await phone.open(PATH);
    expect(page.text).toContain("Already have our email? Open its link in this browser.");
    expect(page.hasField("code")).toBe(false);
    expect((await phone.post(PATH, new URLSearchParams({ code: codeIn(mail) }))).status).toBe(422);
    const link = linkIn(mail, `${PATH}/`);
    expect((await phone.submit(await phone.open(link), link)).location).toBe("/app");
  });

  test("the banner leads to another message, from any device of the account", async () => {
    await signUp(gatehouse);
    const phone = await signIn(gatehouse);
    expect((await phone.open(PATH)).text).toContain("Send me a code");
    expect((await phone.open("/app")).links()).toContain(PATH);
    const resent = await phone.submit(await phone.open(PATH), `${PATH}/resend`);
    expect(resent.location).toBe(PATH);
    const mail = await gatehouse.inbox.newest(ADA.email, 2);
    expect((await phone.submit(await phone.open(PATH), PATH, { code: codeIn(mail) })).location).toBe("/app");
  });

  test("a message that cannot be sent does not block the sign-up, is logged without the email, and can be requested again", async () => {
    const browser = gatehouse.browser();
    gatehouse.standIns.traffic.inject({ fault: { kind: "refuse" }, operation: "EVAL consume", skip: 1 });
    const answer = await browser.submit(await browser.open("/auth/signup"), "/auth/signup", ADA.signup);
    expect(answer.status).toBe(303);
    await expect.poll(() => gatehouse.logs()).toContain("deferred-work-failed");
    expect(gatehouse.logs()).not.toContain(ADA.email);
    gatehouse.standIns.traffic.restore();
    await browser.submit(await browser.open(PATH), `${PATH}/resend`);
    await gatehouse.inbox.newest(ADA.email);
  });

  test("verifying ends the session before it: the new one has a secret of its own", async () => {
    const browser = await signUp(gatehouse);
    const old = gatehouse.browser();
    old.cookies.set("gatehouse", browser.cookies.get("gatehouse") ?? "");
    const code = codeIn(await gatehouse.inbox.newest(ADA.email));
    await browser.submit(await browser.open(PATH), PATH, { code });
    await expect.poll(async () => (await old.open("/app")).status).toBe(303);
    expect((await browser.open("/app")).status).toBe(200);
  });

  test("signed in on another device, the link needs no password; once verified, it redirects", async () => {
    const laptop = await signUp(gatehouse);
    const phone = await signIn(gatehouse);
    const link = linkIn(await gatehouse.inbox.newest(ADA.email), `${PATH}/`);
    expect((await phone.submit(await phone.open(link), link)).location).toBe("/app");
    expect((await laptop.post(link, new URLSearchParams())).location).toBe("/app");
    expect((await laptop.post(PATH, new URLSearchParams({ code: "12345678" }))).location).toBe("/app");
  });

  test("the link of someone else's sign-up with the email asks for that password, even in a session with the email", async () => {
    const browser = await signUp(gatehouse);
    const link = linkIn(await gatehouse.inbox.newest(ADA.email), `${PATH}/`);
    browser.cookies.delete("gatehouse-verify");
    const columns = "token_hash, email, hashed_password, expires_at";
    const values = "token_hash, email, 'a hash', expires_at";
    await gatehouse.database.execute(`insert into pending_signups (${columns}) select ${values} from one_time_tokens`);
    await gatehouse.database.execute("update one_time_tokens set user_id = null");
    const refused = await browser.post(link, new URLSearchParams());
    expect([refused.status, refused.hasField("password")]).toEqual([422, true]);
    const [row] = (await gatehouse.database.execute("select email_verified_at from users")).rows;
    expect(row).toEqual({ email_verified_at: null });
  });

  test("after sign-out this browser reveals no pending email", async () => {
    const browser = await signUp(gatehouse);
    await browser.submit(await browser.open("/app"), "/auth/signout");
    expect(browser.cookies.has("gatehouse-verify")).toBe(false);
    expect((await browser.open(PATH)).location).toBe("/auth/signin");
  });

  test("a second account's verification leaves the first's alone", async () => {
    const ada = await signUp(gatehouse);
    const bobs = { ...ADA.signup, email: "bob@example.com" };
    const bob = await signUp(gatehouse, bobs);
    const mail = await gatehouse.inbox.newest("bob@example.com");
    const adaTries = await ada.post(PATH, new URLSearchParams({ code: codeIn(mail) }));
    expect(adaTries.status).toBe(422);
    expect((await bob.submit(await bob.open(PATH), PATH, { code: codeIn(mail) })).location).toBe("/app");
    expect((await ada.open("/app")).text).toContain("isn't verified yet");
  });
});
