import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { ADA, signUp } from "../support/people.ts";

describe.skipIf(enginesAreMissing())("a message sent with Cloudflare's binding", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  afterAll(() => gatehouse.close());

  test("has the header Auto-Submitted, so that no vacation responder replies to it", async () => {
    await signUp(gatehouse);
    await gatehouse.browser().post("/auth/forgot-password", new URLSearchParams({ email: ADA.email }));
    await gatehouse.inbox.newest(ADA.email, 2);
    for (const mail of await gatehouse.inbox.at(ADA.email)) {
      expect(mail.headers).toEqual({ "Auto-Submitted": "auto-generated" });
      expect(mail.from).toBe(`"Gatehouse" <accounts@gatehouse.test>`);
    }
  });

  test.each([
    ["Müller, Söhne GmbH <accounts@gatehouse.test>", '"Müller, Söhne GmbH" <accounts@gatehouse.test>'],
    ['"Acme \\"Best\\" Inc." <konten@müller.test>', '"Acme \\"Best\\" Inc." <konten@xn--mller-kva.test>'],
  ])("has the sender of MAIL_FROM = %j", async (mailFrom, from) => {
    const other = await startGatehouse({ MAIL_FROM: mailFrom });
    try {
      await signUp(other);
      expect((await other.inbox.newest(ADA.email)).from).toBe(from);
    } finally {
      await other.close();
    }
  });
});
