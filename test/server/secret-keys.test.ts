import { describe, expect, test } from "vitest";
import { open, seal } from "../../src/auth/secret-keys.ts";
import { totpBinding } from "../../src/request/second-factors.ts";
import { signUpVerified, turnOnSecondStep } from "../support/authenticator.ts";
import { startGatehouse } from "../support/gatehouse.ts";
import { signIn } from "../support/people.ts";
import { readSecretKeys, SECRET_KEYS } from "../support/secret-keys.ts";
import { userIdOf } from "../support/stored.ts";

const ORIGIN = "https://gatehouse.test";
const KEY = Buffer.alloc(32, 7).toString("base64url");

describe("without SECRET_KEYS", () => {
  test("the Worker serves people and logs once that they are missing", async () => {
    const gatehouse = await startGatehouse({ SECRET_KEYS: "" });
    const lines = () => gatehouse.logs().match(/"event":"secret-keys-missing"/g);
    for (let visit = 0; visit < 3; visit += 1) {
      expect((await gatehouse.browser(ORIGIN).open("/auth/signin")).status).toBe(200);
    }
    await expect.poll(lines).toHaveLength(1);
    await gatehouse.close();
  });

  test("nothing is logged on a developer's machine", async () => {
    const gatehouse = await startGatehouse({ SECRET_KEYS: "", PUBLIC_ORIGIN: "http://localhost:8787" });
    expect((await gatehouse.browser("http://localhost:8787").open("/auth/signin")).status).toBe(200);
    await gatehouse.browser("http://localhost:8787").open("/nowhere");
    await expect.poll(gatehouse.logs).toContain('"event":"refused"');
    expect(gatehouse.logs()).not.toContain("secret-keys-missing");
    await gatehouse.close();
  });
});

test("with SECRET_KEYS nothing is logged", async () => {
  const gatehouse = await startGatehouse({ SECRET_KEYS: `k2:${KEY}` });
  await gatehouse.browser(ORIGIN).open("/nowhere");
  await expect.poll(gatehouse.logs).toContain('"event":"refused"');
  expect(gatehouse.logs()).not.toContain("secret-keys-missing");
  await gatehouse.close();
});

test("malformed SECRET_KEYS stop the Worker, and the log says how to fix them without repeating them", async () => {
  const gatehouse = await startGatehouse({ SECRET_KEYS: `k2:${KEY},k1:hush` });
  expect((await gatehouse.browser(ORIGIN).open("/auth/signin")).status).toBe(503);
  await expect.poll(gatehouse.logs).toContain("has a key that is not 32 bytes in base64 (key 2 of 2)");
  expect(gatehouse.logs()).toContain("npx wrangler secret put");
  expect(gatehouse.logs()).not.toMatch(new RegExp(`hush|${KEY}`));
  await gatehouse.close();
});

test("a scheduled run seals the secrets of authenticator apps with the first key, and leaves what it cannot open", async () => {
  const former = SECRET_KEYS;
  const gatehouse = await startGatehouse({ SECRET_KEYS: `k2:${KEY},${former}` });
  try {
    const owner = await signUpVerified(gatehouse);
    const app = await turnOnSecondStep(gatehouse, owner);
    const userId = userIdOf(owner);
    const [k1, k2] = [readSecretKeys(former), readSecretKeys(`k2:${KEY},${former}`)];
    const stored = async () => {
      const select = "select user_id, secret from authenticators";
      const { rows } = await gatehouse.database.execute<{ user_id: string; secret: string }>(select);
      return Object.fromEntries(rows.map(({ user_id, secret }) => [user_id, secret]));
    };
    const opened = await open(k2, "totp", totpBinding(userId), (await stored())[userId] ?? "");
    const sealed = await seal(k1, "totp", totpBinding(userId), opened?.bytes ?? new Uint8Array());
    await gatehouse.database.execute("update authenticators set secret = ?, last_step = 0", [sealed]);
    const damaged = `k1.${"B".repeat(64)}`;
    await gatehouse.database.execute("insert into authenticators values ('someone', ?, 0, 1, null)", [damaged]);

    expect(await gatehouse.runScheduled(Date.now(), "*/5 * * * *")).toBe("ok");
    const resealed = await stored();
    expect([resealed["someone"], resealed[userId]?.startsWith("k2.")]).toEqual([damaged, true]);
    await expect.poll(gatehouse.logs).toContain('"event":"secrets-resealed","secrets":1');
    const browser = await signIn(gatehouse);
    const page = await browser.open("/auth/second-step");
    expect((await browser.submit(page, "/auth/second-step", { code: app.code() })).status).toBe(303);
  } finally {
    await gatehouse.close();
  }
});
