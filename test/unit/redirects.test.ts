import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { isBreachedPassword } from "../../src/auth/credentials/password/breached.ts";
import type { Config } from "../../src/config/config.ts";
import { createResendMailer } from "../../src/mail/resend.ts";
import { createDatabase } from "../../src/store/database.ts";

/** Following a redirect would send the credentials, the stored data or the message to its target. */
describe("a redirect is not followed", () => {
  const asked: string[] = [];
  let server: Server;
  let host: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? "");
      response.writeHead(307, { Location: `http://${host}/elsewhere` }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => void asked.splice(0));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  test("by the client of the database", async () => {
    const database = createDatabase({ database: { url: `http://user:password@${host}/gatehouse` } } as Config);
    const refusal = { store: "database", reason: "status 307" };
    await expect(database.execute("select ?", ["a value"])).rejects.toMatchObject(refusal);
    expect(asked).toEqual(["/psdb.v1alpha1.Database/Execute"]);
  });

  test("by the mailer", async () => {
    const mailer = createResendMailer(
      { name: "Accounts", email: "accounts@example.org" },
      { endpoint: `http://${host}`, apiKey: "re_123" },
    );
    const mail = { to: "ada@example.com", subject: "A subject", text: "A text", html: "<p>A text" };
    await expect(mailer.send(mail)).rejects.toMatchObject({ reason: "status 307" });
    expect(asked).toEqual(["/emails"]);
  });

  test("by the breach check", async () => {
    const lookUp = isBreachedPassword(`http://${host}`, "correct horse battery staple");
    await expect(lookUp).rejects.toMatchObject({ store: "breached-passwords", reason: "status 307" });
    expect(asked).toEqual(["/range/ABF7A"]);
  });
});
