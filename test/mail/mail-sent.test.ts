import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { ADA, signUp } from "../support/people.ts";

describe.skipIf(enginesAreMissing())("mail by Cloudflare's binding", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  afterAll(() => gatehouse.close());

  test("every message is marked as automatic, so that no automatic reply answers it", async () => {
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
  ])("MAIL_FROM = %j is what the mail says", async (mailFrom, from) => {
    const other = await startGatehouse({ MAIL_FROM: mailFrom });
    try {
      await signUp(other);
      expect((await other.inbox.newest(ADA.email)).from).toBe(from);
    } finally {
      await other.close();
    }
  });
});
