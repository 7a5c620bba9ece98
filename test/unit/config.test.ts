import { expect, test } from "vitest";
import { parseConfig } from "../../src/config.ts";

const GOOD = {
  DATABASE_URL: "mysql://user:pscale_pw_abc@aws.connect.psdb.cloud/gatehouse?sslaccept=strict",
  UPSTASH_REDIS_REST_URL: "https://eu1-fox-1.upstash.io",
  UPSTASH_REDIS_REST_TOKEN: "AXXXtoken==",
  PUBLIC_ORIGIN: "https://accounts.example.com",
  EMAIL_VERIFICATION: "optional",
};

test("what the two consoles print is understood", () => {
  const result = parseConfig(GOOD, false);
  expect(result).toEqual({
    ok: true,
    config: {
      database: { host: "aws.connect.psdb.cloud", username: "user", password: "pscale_pw_abc" },
      redis: { url: "https://eu1-fox-1.upstash.io", token: "AXXXtoken==" },
      publicOrigin: "https://accounts.example.com",
      emailVerification: "optional",
    },
  });
  expect(result.ok && Object.isFrozen(result.config)).toBe(true);
});

test("a percent-encoded password is decoded, which the client does not do", () => {
  const result = parseConfig({ ...GOOD, DATABASE_URL: "mysql://user:p%40ss@db.example/gatehouse" }, false);
  expect(result.ok && result.config.database).toEqual({ host: "db.example", username: "user", password: "p@ss" });
});

test("plain http is for loopback only", () => {
  const url = "http://user:password@127.0.0.1:3900/gatehouse";
  const result = parseConfig({ ...GOOD, DATABASE_URL: url, UPSTASH_REDIS_REST_URL: "http://localhost:3900" }, true);
  expect(result.ok && result.config.database).toEqual({ url });
});

test("every bad variable is named at once, and none is shown", () => {
  const result = parseConfig({ EMAIL_VERIFICATION: "sometimes", DATABASE_URL: "mysql://hush:hush@" }, false);
  if (result.ok) throw new Error("accepted");
  expect(result.problems.map(({ variable }) => variable)).toEqual([
    "DATABASE_URL",
    "UPSTASH_REDIS_REST_URL",
    "UPSTASH_REDIS_REST_TOKEN",
    "PUBLIC_ORIGIN",
    "EMAIL_VERIFICATION",
  ]);
  expect(JSON.stringify(result.problems)).not.toContain("hush");
});

test.each([
  ["DATABASE_URL", "postgres://user:password@db.example/x"],
  ["DATABASE_URL", "http://user:password@db.example/x"],
  ["DATABASE_URL", "mysql://user@db.example/x"],
  ["DATABASE_URL", "mysql://user:%zz@db.example/x"],
  ["DATABASE_URL", " mysql://user:password@db.example/x"],
  ["DATABASE_URL", 7],
  ["UPSTASH_REDIS_REST_URL", "http://eu1-fox-1.upstash.io"],
  ["UPSTASH_REDIS_REST_URL", "https://user:token@eu1-fox-1.upstash.io"],
  ["UPSTASH_REDIS_REST_TOKEN", "two words"],
  ["PUBLIC_ORIGIN", "https://accounts.example.com/"],
  ["PUBLIC_ORIGIN", "http://accounts.example.com"],
  ["PUBLIC_ORIGIN", "http://localhost:8787"],
  ["PUBLIC_ORIGIN", "accounts.example.com"],
  ["EMAIL_VERIFICATION", "Optional"],
])("%s = %j is refused", (variable, value) => {
  const result = parseConfig({ ...GOOD, [variable]: value }, false);
  expect(result.ok ? [] : result.problems.map((problem) => problem.variable)).toEqual([variable]);
});

test("a developer's machine may be the public origin of itself", () => {
  expect(parseConfig({ ...GOOD, PUBLIC_ORIGIN: "http://localhost:8787" }, true).ok).toBe(true);
});
