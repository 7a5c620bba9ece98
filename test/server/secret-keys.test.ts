import { describe, expect, test } from "vitest";
import { startGatehouse } from "../support/gatehouse.ts";

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
