import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { type MailService, startMailService } from "../support/mail-service.ts";
import { ADA } from "../support/people.ts";

/** Parses a mailbox (RFC 5322, 3.4): an email after a quoted string, atoms or encoded words (RFC 2047). */
function parseMailbox(header: string): { name: string; email: string } {
  const [, phrase = "", email = ""] = /^(.+) <([^<>]+)>$/.exec(header) ?? [];
  if (/^"(?:[^"\\]|\\.)*"$/.test(phrase)) return { name: phrase.slice(1, -1).replace(/\\(.)/g, "$1"), email };
  const words = phrase.split(" ").map((word) => {
    const [, encoded] = /^=\?UTF-8\?B\?([A-Za-z0-9+/=]+)\?=$/.exec(word) ?? [];
    if (encoded !== undefined) {
      return {
        isEncoded: true,
        text: new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(encoded, "base64")),
      };
    }
    expect(word).toMatch(/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+$/);
    return { isEncoded: false, text: word };
  });
  const name = words.reduce((text, word, index) => {
    const isJoined = index === 0 || (word.isEncoded && words[index - 1]?.isEncoded === true);
    return `${text}${isJoined ? "" : " "}${word.text}`;
  }, "");
  return { name, email };
}

describe.skipIf(enginesAreMissing())("a message sent with Resend's API", () => {
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

  test("has the documented format", async () => {
    await gatehouse.browser().post("/auth/signup", new URLSearchParams(ADA.signup));
    await expect.poll(() => service.requests.length).toBe(1);
    const [{ path, headers, body } = { path: "", headers: {}, body: {} }] = service.requests;
    expect(path).toBe("/emails");
    expect(headers.authorization).toBe("Bearer re_secret_key");
    expect(body).toEqual({
      from: "Gatehouse <accounts@gatehouse.test>",
      to: [ADA.email],
      subject: expect.stringMatching(/^\d{8} is your Gatehouse code$/),
      text: expect.stringContaining("https://gatehouse.test/auth/verify-email/"),
      html: expect.stringContaining("https://gatehouse.test/auth/verify-email/"),
      headers: { "Auto-Submitted": "auto-generated" },
    });
  });

  test.each([
    ["Müller GmbH <accounts@gatehouse.test>", "Müller GmbH"],
    ['"Müller, Söhne" <accounts@gatehouse.test>', "Müller, Söhne"],
    [
      `${"Общество с ограниченной ответственностью 🏰 ".repeat(2)}<accounts@gatehouse.test>`,
      "Общество с ограниченной ответственностью 🏰 ".repeat(2).trim(),
    ],
    ["Acme, Inc. <accounts@gatehouse.test>", "Acme, Inc."],
    ['The "Best" \\ Co <accounts@gatehouse.test>', 'The "Best" \\ Co'],
    ["Acme & Co <accounts@gatehouse.test>", "Acme & Co"],
  ])("has a valid From header for MAIL_FROM = %j", async (mailFrom, name) => {
    const other = await startGatehouse({ MAIL_FROM: mailFrom, ...service.variables });
    try {
      await other.browser().post("/auth/signup", new URLSearchParams(ADA.signup));
      await expect.poll(() => service.requests.length).toBe(1);
      const from = String(service.requests[0]?.body["from"]);
      expect(from).toMatch(/^[ -~]+$/);
      expect(parseMailbox(from)).toEqual({ name, email: "accounts@gatehouse.test" });
      for (const word of from.match(/=\?\S+/g) ?? []) expect(word.length).toBeLessThanOrEqual(75);
    } finally {
      await other.close();
    }
  });

  test("is logged only with the status if it is refused, and the visitor continues", async () => {
    service.respondWith(422);
    const page = await gatehouse.browser().post("/auth/signup", new URLSearchParams(ADA.signup));
    expect(page.status).toBe(303);
    await expect.poll(() => gatehouse.logs()).toContain('"mail":"status 422"');
    for (const secret of [ADA.email, "re_secret_key", "code for"]) expect(gatehouse.logs()).not.toContain(secret);
  });

  test("is logged as not sent if the response is not JSON", async () => {
    service.respondWith(200, "<!doctype html><title>Be right back</title>");
    await gatehouse.browser().post("/auth/signup", new URLSearchParams(ADA.signup));
    await expect.poll(() => gatehouse.logs()).toContain('"mail":"no JSON"');
  });
});
