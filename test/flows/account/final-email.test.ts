import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { forgetUsedCodes, signUpVerified, turnOnSecondStep } from "../../support/authenticator.ts";
import type { Browser } from "../../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../../support/gatehouse.ts";
import { linkIn } from "../../support/inbox.ts";
import { ADA, signUp } from "../../support/people.ts";
import { ageProofs, eventTypes } from "../../support/stored.ts";

const PATH = "/app/account/email";
const FINAL = `${PATH}/final`;
const NEW = "lovelace@example.com";
const EVE = "eve@example.com";
const DAY = 24 * 60 * 60 * 1_000;
const CURRENT = { currentPassword: ADA.password };

describe.skipIf(enginesAreMissing())("a change of the email that can still be undone", () => {
  let gatehouse: Gatehouse;
  let owner: Browser;
  let undo: string;

  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(async () => {
    await gatehouse.reset();
    owner = await signUpVerified(gatehouse);
  });
  afterAll(() => gatehouse.close());

  const changeEmail = async () => {
    await owner.submit(await owner.open(PATH), PATH, { email: NEW });
    const confirm = linkIn(await gatehouse.inbox.newest(NEW), "/auth/confirm-email/");
    expect((await owner.submit(await owner.open(confirm), confirm)).status).toBe(303);
    await gatehouse.settle();
    const mail = (await gatehouse.inbox.at(ADA.email)).find(({ text }) => text.includes("/auth/undo-email/"));
    if (mail === undefined) throw new Error("No message undoes the change");
    undo = linkIn(mail, "/auth/undo-email/");
  };
  /** As if the change was made that long ago. */
  const ageChange = (milliseconds: number) =>
    gatehouse.database.execute("update reserved_emails set created_at = created_at - ?", [milliseconds]);
  const reserved = async () =>
    (await gatehouse.database.execute<{ email: string }>("select email from reserved_emails")).rows.map(
      ({ email }) => email,
    );
  const subjects = async (email: string) => (await gatehouse.inbox.at(email)).map(({ subject }) => subject);
  const isDead = async () => (await gatehouse.browser().open(undo)).status === 410;

  test("is final when the owner says so a day later, and both mailboxes are told", async () => {
    await changeEmail();
    await ageChange(DAY);
    const page = await owner.open(PATH);
    expect(page.text).toContain(`${ADA.email} Until`);
    const done = await owner.press(page, `Make final: ${ADA.email}`);
    expect([done.status, done.location, await reserved(), await isDead()]).toEqual([303, PATH, [], true]);
    const after = await owner.open(PATH);
    expect(after.text).toContain("The change of your email is final. We told both mailboxes.");
    expect(after.text).not.toContain(ADA.email);
    await gatehouse.settle();
    expect(await subjects(NEW)).toContain("Your Gatehouse email change is final");
    expect(await subjects(ADA.email)).toContain("Your former Gatehouse email was released");
    expect(await eventTypes(gatehouse)).toContain("email-change-final");
    // Somebody else may have the email now.
    const other = await signUp(gatehouse);
    expect((await other.open("/app")).status).toBe(200);
  });

  test("is not final on its first day, whatever is sent", async () => {
    await changeEmail();
    await ageChange(DAY - 60_000);
    const page = await owner.open(PATH);
    expect([page.text.includes("You can make it final from"), page.text.includes("Make final")]).toEqual([true, false]);
    const answer = await owner.post(FINAL, new URLSearchParams({ email: ADA.email }));
    expect([answer.notice, await reserved(), await isDead()]).toEqual(["email-not-final", [ADA.email], false]);
    expect(await eventTypes(gatehouse)).not.toContain("email-change-final");
    const mails = await subjects(ADA.email);
    expect(mails).not.toContain("Your former Gatehouse email was released");
  });

  test("is final only after the owner was confirmed lately", async () => {
    await changeEmail();
    await ageChange(DAY);
    await ageProofs(gatehouse, owner);
    const asked = await owner.press(await owner.open(PATH), `Make final: ${ADA.email}`);
    expect([asked.status, asked.hasField("currentPassword"), await reserved()]).toEqual([200, true, [ADA.email]]);
    const wrong = await owner.submit(asked, FINAL, { currentPassword: "not the password" });
    expect([wrong.status, await isDead()]).toEqual([401, false]);
    const done = await owner.submit(wrong, FINAL, CURRENT);
    expect([done.status, done.location, await isDead()]).toEqual([303, PATH, true]);
  });

  test("is final only by both factors where two-step sign-in is on", async () => {
    const app = await turnOnSecondStep(gatehouse, owner);
    await changeEmail();
    await ageChange(DAY);
    await forgetUsedCodes(gatehouse);
    const page = await owner.open(PATH);
    await ageProofs(gatehouse, owner);
    const asked = await owner.press(page, `Make final: ${ADA.email}`);
    const alone = await owner.submit(asked, FINAL, CURRENT);
    expect([alone.status, alone.errorAt("code"), await isDead()]).toEqual([
      422,
      "Enter the 6-digit code from your app",
      false,
    ]);
    const done = await owner.submit(alone, FINAL, { ...CURRENT, code: app.code() });
    expect([done.status, await isDead()]).toEqual([303, true]);
  });

  test("is not made final from another account", async () => {
    await changeEmail();
    await ageChange(DAY);
    const eve = await signUp(gatehouse, { ...ADA.signup, email: EVE });
    const fields = [ADA.email, NEW, EVE, "", "ada"].map((email) => new URLSearchParams({ email }));
    for (const form of fields) expect((await eve.post(FINAL, form)).notice).toBe("email-not-final");
    expect([await reserved(), await isDead()]).toEqual([[ADA.email], false]);
  });
});
