import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { ADA, signUp } from "../support/people.ts";

describe.skipIf(enginesAreMissing())("mail by Cloudflare's binding", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  afterAll(() => gatehouse.close());

  test("every mail says that a program wrote it, so that no note of absence answers it", async () => {
    await signUp(gatehouse);
    await gatehouse.browser().post("/auth/forgot-password", new URLSearchParams({ email: ADA.email }));
    await gatehouse.inbox.newest(ADA.email, 2);
    for (const mail of await gatehouse.inbox.at(ADA.email)) {
      expect(mail.headers).toEqual({ "Auto-Submitted": "auto-generated" });
      expect(mail.from).toBe(`"Gatehouse" <accounts@gatehouse.test>`);
    }
  });
});
