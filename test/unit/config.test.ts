import { expect, test } from "vitest";
import { parseConfig } from "../../src/config.ts";

const GOOD = {
  DATABASE_URL: "mysql://user:pscale_pw_abc@aws.connect.psdb.cloud/gatehouse?sslaccept=strict",
  UPSTASH_REDIS_REST_URL: "https://eu1-fox-1.upstash.io",
  UPSTASH_REDIS_REST_TOKEN: "AXXXtoken==",
  PUBLIC_ORIGIN: "https://accounts.example.com",
  EMAIL_VERIFICATION: "optional",
  MAIL_FROM: "Accounts & Co. <accounts@example.org>",
  MAIL_SENDER: "cloudflare",
  SEND_EMAIL: { send: () => Promise.resolve() },
  SOURCE_POSTS_MAX: "300",
  SOURCE_POSTS_WINDOW_MINUTES: "15",
  BREACHED_PASSWORDS: "https://api.pwnedpasswords.com/",
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
      mail: {
        from: { name: "Accounts & Co.", email: "accounts@example.org" },
        sender: { kind: "cloudflare", binding: GOOD.SEND_EMAIL },
      },
      sourcePosts: { max: 300, windowSeconds: 900 },
      breachedPasswords: { url: "https://api.pwnedpasswords.com" },
      metrics: null,
      mailViewerUrl: null,
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
    "MAIL_FROM",
    "MAIL_SENDER",
    "SOURCE_POSTS_MAX",
    "SOURCE_POSTS_WINDOW_MINUTES",
    "BREACHED_PASSWORDS",
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
  ["MAIL_FROM", "accounts@example.org"],
  ["MAIL_FROM", "Accounts <accounts@example.com>"],
  ["MAIL_FROM", "Accounts\r\nBcc: x <accounts@example.org>"],
  ["MAIL_SENDER", "smtp"],
  ["SEND_EMAIL", undefined],
  ["SOURCE_POSTS_MAX", "0"],
  ["SOURCE_POSTS_MAX", "1e3"],
  ["SOURCE_POSTS_WINDOW_MINUTES", "-1"],
  ["BREACHED_PASSWORDS", "on"],
  ["BREACHED_PASSWORDS", "https://api.pwnedpasswords.com/range/"],
  ["BREACHED_PASSWORDS", "https://api.pwnedpasswords.com?x"],
  ["BREACHED_PASSWORDS", "http://api.pwnedpasswords.com"],
])("%s = %j is refused", (variable, value) => {
  const result = parseConfig({ ...GOOD, [variable]: value }, false);
  expect(result.ok ? [] : result.problems.map((problem) => problem.variable)).toEqual([variable]);
});

test("a developer's machine may be the public origin of itself", () => {
  expect(parseConfig({ ...GOOD, PUBLIC_ORIGIN: "http://localhost:8787" }, true).ok).toBe(true);
});

test("the look-up of stolen passwords can be switched off", () => {
  const result = parseConfig({ ...GOOD, BREACHED_PASSWORDS: "off" }, false);
  expect(result.ok && result.config.breachedPasswords).toBe(null);
});

test("Resend needs its key, and Cloudflare's binding is not asked for then", () => {
  const env = { ...GOOD, MAIL_SENDER: "resend", SEND_EMAIL: undefined, RESEND_API_URL: "https://api.resend.com" };
  const missing = parseConfig(env, false);
  expect(missing.ok ? [] : missing.problems.map(({ variable }) => variable)).toEqual(["RESEND_API_KEY"]);
  const result = parseConfig({ ...env, RESEND_API_KEY: "re_123" }, false);
  expect(result.ok && result.config.mail.sender).toEqual({
    kind: "resend",
    endpoint: "https://api.resend.com",
    apiKey: "re_123",
  });
});

test("mail can only be looked at on a developer's machine", () => {
  const env = { ...GOOD, MAIL_VIEWER_URL: "http://localhost:8787/mail" };
  const [local, deployed] = [parseConfig(env, true), parseConfig(env, false)];
  expect([local.ok && local.config.mailViewerUrl, deployed.ok && deployed.config.mailViewerUrl]).toEqual([
    "http://localhost:8787/mail",
    null,
  ]);
});
