import { describe, expect, test } from "vitest";
import { parseConfig } from "../../src/config/config.ts";

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

test("parseConfig accepts the values that the two consoles print", () => {
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
      formsPerIp: { max: 300, windowSeconds: 900 },
      breachedPasswords: { url: "https://api.pwnedpasswords.com" },
      hstsIncludesSubdomains: false,
      secretKeys: null,
      passkeys: null,
      rememberDeviceDays: 30,
      metrics: null,
      mailViewerUrl: null,
    },
  });
  expect(result.ok && Object.isFrozen(result.config)).toBe(true);
});

test("parseConfig decodes a percent-encoded password, which the client does not do", () => {
  const result = parseConfig({ ...GOOD, DATABASE_URL: "mysql://user:p%40ss@db.example/gatehouse" }, false);
  expect(result.ok && result.config.database).toEqual({ host: "db.example", username: "user", password: "p@ss" });
});

test("parseConfig accepts plain http for loopback hosts only", () => {
  const url = "http://user:password@127.0.0.1:3900/gatehouse";
  const result = parseConfig({ ...GOOD, DATABASE_URL: url, UPSTASH_REDIS_REST_URL: "http://localhost:3900" }, true);
  expect(result.ok && result.config.database).toEqual({ url });
});

test("parseConfig names all invalid variables at once, without their values", () => {
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
  ["MAIL_FROM", "accounts@example.com"],
  ["MAIL_FROM", "Accounts <accounts@example.com>"],
  ["MAIL_FROM", "Accounts\r\nBcc: x <accounts@example.org>"],
  ["MAIL_SENDER", "smtp"],
  ["SEND_EMAIL", undefined],
  ["SOURCE_POSTS_MAX", "0"],
  ["SOURCE_POSTS_MAX", "1e3"],
  ["SOURCE_POSTS_MAX", "1234567890"],
  ["SOURCE_POSTS_WINDOW_MINUTES", "-1"],
  ["SOURCE_POSTS_WINDOW_MINUTES", "1.5"],
  ["BREACHED_PASSWORDS", "on"],
  ["BREACHED_PASSWORDS", "https://api.pwnedpasswords.com/range/"],
  ["BREACHED_PASSWORDS", "https://api.pwnedpasswords.com?x"],
  ["BREACHED_PASSWORDS", "http://api.pwnedpasswords.com"],
])("parseConfig rejects %s = %j", (variable, value) => {
  const result = parseConfig({ ...GOOD, [variable]: value }, false);
  expect(result.ok ? [] : result.problems.map((problem) => problem.variable)).toEqual([variable]);
});

test("parseConfig accepts a loopback public origin on a developer's machine", () => {
  expect(parseConfig({ ...GOOD, PUBLIC_ORIGIN: "http://localhost:8787" }, true).ok).toBe(true);
});

test("parseConfig accepts that the breach check is switched off", () => {
  const result = parseConfig({ ...GOOD, BREACHED_PASSWORDS: "off" }, false);
  expect(result.ok && result.config.breachedPasswords).toBe(null);
});

test("parseConfig requires the key of Resend instead of Cloudflare's binding", () => {
  const env = { ...GOOD, MAIL_SENDER: "resend", SEND_EMAIL: undefined, RESEND_API_URL: "https://api.resend.com" };
  const missing = parseConfig(env, false);
  expect(missing.ok ? [] : missing.problems.map(({ variable }) => variable)).toEqual(["RESEND_API_KEY"]);
  const result = parseConfig({ ...env, RESEND_API_KEY: "re_123" }, false);
  expect(result.ok && result.config.mail.sender).toEqual({
    kind: "resend",
    endpoint: "https://api.resend.com",
    apiKey: "re_123",
  });
  for (const url of ["http://api.resend.com", "https://key@api.resend.com"]) {
    const refused = parseConfig({ ...env, RESEND_API_KEY: "re_123", RESEND_API_URL: url }, false);
    expect(refused.ok ? [] : refused.problems.map(({ variable }) => variable)).toEqual(["RESEND_API_URL"]);
  }
});

test("parseConfig accepts a mail viewer on a developer's machine only", () => {
  const env = { ...GOOD, MAIL_VIEWER_URL: "http://localhost:8787/mail" };
  const [local, deployed] = [parseConfig(env, true), parseConfig(env, false)];
  expect([local.ok && local.config.mailViewerUrl, deployed.ok && deployed.config.mailViewerUrl]).toEqual([
    "http://localhost:8787/mail",
    null,
  ]);
});

describe("the sender's name", () => {
  test.each([
    ["Müller GmbH <accounts@example.org>", "Müller GmbH"],
    ["Müller, Söhne & Töchter <accounts@example.org>", "Müller, Söhne & Töchter"],
    ['"Müller, Söhne" <accounts@example.org>', "Müller, Söhne"],
    ['"The \\"Best\\" \\\\ Co" <accounts@example.org>', 'The "Best" \\ Co'],
    ['The "Best" Co <accounts@example.org>', 'The "Best" Co'],
    ["Acme (Accounts) @ Work; a:b <accounts@example.org>", "Acme (Accounts) @ Work; a:b"],
    ["A < B > C <accounts@example.org>", "A < B > C"],
    ["株式会社ゲート<accounts@example.org>", "株式会社ゲート"],
    ["🏰 Gatehouse <accounts@example.org>", "🏰 Gatehouse"],
    ["Пример\u00a0Ltd <accounts@example.org>", "Пример\u00a0Ltd"],
    ["Acme, Inc. <accounts@example.org>", "Acme, Inc."],
  ])("in %j is %j", (text, name) => {
    const result = parseConfig({ ...GOOD, MAIL_FROM: text }, false);
    expect(result.ok && result.config.mail.from).toEqual({ name, email: "accounts@example.org" });
  });

  test.each(["accounts@example.org", "<accounts@example.org>", '"" <accounts@example.org>'])(
    "may be left out, as in %j",
    (text) => {
      const result = parseConfig({ ...GOOD, MAIL_FROM: text }, false);
      expect(result.ok && result.config.mail.from).toEqual({ name: null, email: "accounts@example.org" });
    },
  );

  test("may come with an internationalized domain, which is converted", () => {
    const result = parseConfig({ ...GOOD, MAIL_FROM: "Müller <Konten@Müller.example>" }, false);
    expect(result.ok && result.config.mail.from).toEqual({ name: "Müller", email: "Konten@xn--mller-kva.example" });
  });

  test.each([
    ["A\nB <accounts@example.org>", "contains a line break or another control character"],
    ["A\r\nBcc: x@example.org <accounts@example.org>", "contains a line break or another control character"],
    ["A\0 <accounts@example.org>", "contains a line break or another control character"],
    ["A\u0085B <accounts@example.org>", "contains a line break or another control character"],
    ["A\u2028B <accounts@example.org>", "contains a line break or another control character"],
    ["A \ud800 <accounts@example.org>", "contains an incomplete character (an unpaired surrogate)"],
    ["=?UTF-8?B?TcO8bGxlcg==?= <accounts@example.org>", "has an encoded name (=?…?=)"],
    ["accounts@example.com", "still uses the example domain example.com"],
    ["Accounts <accounts@example.org", "has no closing >"],
    ["Accounts <accounts@example.org>, B <b@example.org>", "contains more than one email"],
    ["Accounts <accounts@example.org> (us)", "has text after the >"],
    ["Accounts <accounts>", "has no valid email between < and >"],
    ["Accounts", "is neither an email nor of the form Name <email>"],
    [`${"ü".repeat(129)} <accounts@example.org>`, "has a name longer than 128 characters"],
  ])("in %j is rejected: the value %s", (text, problem) => {
    const result = parseConfig({ ...GOOD, MAIL_FROM: text }, false);
    expect(result.ok ? [] : result.problems).toMatchObject([{ variable: "MAIL_FROM", problem }]);
  });
});

describe("parseConfig accepts", () => {
  test.each([
    [
      "DATABASE_URL",
      "mysql://user:p@ss@db.example/gatehouse",
      { host: "db.example", username: "user", password: "p@ss" },
    ],
    ["DATABASE_URL", "MySQL://user:pw@db.example:3306/x", { host: "db.example", username: "user", password: "pw" }],
    ["DATABASE_URL", "https://user:pw@db.example:8443", { host: "db.example:8443", username: "user", password: "pw" }],
  ])("%s = %j", (variable, value, login) => {
    const result = parseConfig({ ...GOOD, [variable]: value }, false);
    expect(result.ok && result.config.database).toEqual(login);
  });

  test("a slash at the end of a URL, and a number without quotes in TOML", () => {
    const env = { ...GOOD, UPSTASH_REDIS_REST_URL: "https://eu1-fox-1.upstash.io/", SOURCE_POSTS_MAX: 400 };
    const result = parseConfig(
      { ...env, MAIL_SENDER: "resend", RESEND_API_KEY: "re_1", RESEND_API_URL: "https://r.example/" },
      false,
    );
    expect(result.ok && [result.config.redis.url, result.config.formsPerIp.max]).toEqual([
      "https://eu1-fox-1.upstash.io",
      400,
    ]);
    expect(result.ok && result.config.mail.sender).toMatchObject({ endpoint: "https://r.example" });
  });

  test.each([
    [undefined, false],
    ["", false],
    ["off", false],
    ["on", true],
  ])("HSTS_INCLUDE_SUBDOMAINS = %j as %j", (value, expected) => {
    const result = parseConfig({ ...GOOD, HSTS_INCLUDE_SUBDOMAINS: value }, false);
    expect(result.ok && result.config.hstsIncludesSubdomains).toBe(expected);
  });
});

describe("SECRET_KEYS", () => {
  const bytes = (byte: number) => new Uint8Array(32).fill(byte);
  const key = (byte: number) => Buffer.from(bytes(byte)).toString("base64url");
  const secretKeysOf = (value: unknown) => {
    const result = parseConfig({ ...GOOD, SECRET_KEYS: value }, false);
    return result.ok ? result.config.secretKeys : result.problems;
  };

  test.each([undefined, ""])("may be left out, as by %j", (value) => {
    expect(secretKeysOf(value)).toBe(null);
  });

  test("is one key with its id, or several with the newest first", () => {
    expect(secretKeysOf(`k1:${key(1)}`)).toEqual([{ id: "k1", bytes: bytes(1) }]);
    expect(secretKeysOf(`2026nov:${key(2)},k1:${key(1)}`)).toEqual([
      { id: "2026nov", bytes: bytes(2) },
      { id: "k1", bytes: bytes(1) },
    ]);
    const eight = Array.from({ length: 8 }, (_, index) => `k${index}:${key(index)}`);
    expect(secretKeysOf(eight.join(","))).toHaveLength(8);
  });

  test("may be in base64, as openssl prints it", () => {
    const mixed = Buffer.from(bytes(0xfb));
    expect(mixed.toString("base64")).toMatch(/[+/].*=$/);
    expect(secretKeysOf(`k1:${mixed.toString("base64")}`)).toEqual([{ id: "k1", bytes: bytes(0xfb) }]);
    expect(secretKeysOf(`k1:${mixed.toString("base64url")}`)).toEqual([{ id: "k1", bytes: bytes(0xfb) }]);
  });

  const HUSH = "hush".repeat(10);
  test.each([
    [HUSH, "has a key without an id (key 1 of 1)"],
    [`:${key(1)}`, "has an id that is not 1 to 16 lower-case letters and digits (key 1 of 1)"],
    [`K1:${key(1)}`, "has an id that is not 1 to 16 lower-case letters and digits (key 1 of 1)"],
    [`hush-1:${key(1)}`, "has an id that is not 1 to 16 lower-case letters and digits (key 1 of 1)"],
    [`${"k".repeat(17)}:${key(1)}`, "has an id that is not 1 to 16 lower-case letters and digits (key 1 of 1)"],
    [`k1:${HUSH}`, "has a key that is not 32 bytes in base64 (key 1 of 1)"],
    [`k1:${key(1)},k0:hush`, "has a key that is not 32 bytes in base64 (key 2 of 2)"],
    [`k1:${key(1)}${key(1)}`, "has a key that is not 32 bytes in base64 (key 1 of 1)"],
    [`k1:${key(1)}==`, "has a key that is not 32 bytes in base64 (key 1 of 1)"],
    [`k1:${key(1)}é`, "has a key that is not 32 bytes in base64 (key 1 of 1)"],
    [`k1:k1:${key(1)}`, "has a key that is not 32 bytes in base64 (key 1 of 1)"],
    ["k1:", "has a key that is not 32 bytes in base64 (key 1 of 1)"],
    [`k1:${key(1)},`, "has a key without an id (key 2 of 2)"],
    [`k2:${key(2)}, k1:${key(1)}`, "contains white space (key 2 of 2)"],
    [`k1:${key(2)},k1:${key(1)}`, "has two keys with the same id"],
    [`${"k1:hush,".repeat(8)}k9:hush`, "has more than 8 keys"],
    ["hush,".repeat(100_000), "has more than 8 keys"],
    [` k1:${key(1)}`, "starts with white space"],
    [`SECRET_KEYS=k1:${HUSH}`, "starts with its own name"],
    [7, "has a key without an id (key 1 of 1)"],
  ])("%j %s", (value, problem) => {
    expect(secretKeysOf(value)).toMatchObject([{ variable: "SECRET_KEYS", problem }]);
    expect(JSON.stringify(secretKeysOf(value))).not.toMatch(new RegExp(`hush|${key(1)}`));
  });

  test("is explained with how to make one", () => {
    expect(secretKeysOf("k1:x")).toMatchObject([
      { remedy: expect.stringMatching(/"openssl rand -base64 32".*npx wrangler secret put/) },
    ]);
  });
});

describe("a configuration error names the fault and the remedy, and repeats no secret:", () => {
  /** A part of every secret value. No message may contain it. */
  const SECRET = "hush";

  test.each([
    // Faults of any variable.
    ["PUBLIC_ORIGIN", " https://accounts.example.com", "starts with white space", /Remove only those/],
    ["PUBLIC_ORIGIN", "https://accounts.example.com ", "ends with white space", /Remove only those/],
    ["PUBLIC_ORIGIN", "\ufeffhttps://accounts.example.com", "starts with white space", /Remove only those/],
    [
      "PUBLIC_ORIGIN",
      "https://accounts.example.com\u200b",
      "ends with an invisible character, such as a zero-width space",
      /Remove only those/,
    ],
    ["UPSTASH_REDIS_REST_TOKEN", `${SECRET}\n`, "ends with a line break", /Remove only those/],
    ["UPSTASH_REDIS_REST_TOKEN", `"${SECRET}"`, "has quotes around it that are part of the value", /Remove the quotes/],
    ["UPSTASH_REDIS_REST_TOKEN", `'${SECRET}'`, "has quotes around it that are part of the value", /Remove the quotes/],
    ["DATABASE_URL", `DATABASE_URL=mysql://u:${SECRET}@h/x`, "starts with its own name", /after the equals sign/],
    [
      "MAIL_FROM",
      '"Accounts <accounts@example.org>"',
      "has quotes around it that are part of the value",
      /Remove the quotes/,
    ],
    ["EMAIL_VERIFICATION", "   ", "contains only white space", /^Set it under/],
    ["EMAIL_VERIFICATION", true, "is not a string", /Put it in quotes/],
    // Public origins.
    [
      "PUBLIC_ORIGIN",
      "https://Accounts.example.com",
      "contains a capital letter",
      /^Write https:\/\/accounts\.example\.com$/,
    ],
    [
      "PUBLIC_ORIGIN",
      "HTTPS://accounts.example.com",
      "contains a capital letter",
      /^Write https:\/\/accounts\.example\.com$/,
    ],
    [
      "PUBLIC_ORIGIN",
      "https://accounts.example.com:443",
      "contains the default port",
      /^Write https:\/\/accounts\.example\.com$/,
    ],
    [
      "PUBLIC_ORIGIN",
      "https://accounts.example.com/",
      "has a slash after the host",
      /^Write https:\/\/accounts\.example\.com$/,
    ],
    ["PUBLIC_ORIGIN", "https://accounts.example.com/auth", "has a path", /^Write https:\/\/accounts\.example\.com$/],
    [
      "PUBLIC_ORIGIN",
      "https://accounts.example.com?x=1",
      "contains ? or #",
      /^Write https:\/\/accounts\.example\.com$/,
    ],
    [
      "PUBLIC_ORIGIN",
      "https://accounts.example.com.",
      "has a dot after the host",
      /^Write https:\/\/accounts\.example\.com$/,
    ],
    [
      "PUBLIC_ORIGIN",
      "accounts.example.com",
      "does not start with https://",
      /^Write https:\/\/accounts\.example\.com$/,
    ],
    ["PUBLIC_ORIGIN", `${SECRET}==`, "does not start with https://", /^Put https:\/\/ in front of the host\.$/],
    ["PUBLIC_ORIGIN", `${SECRET}.Ab.cd`, "does not start with https:// and contains a capital letter", /^Put https/],
    [
      "PUBLIC_ORIGIN",
      "accounts.example.com:8443/",
      "does not start with https:// and has a slash after the host",
      /^Write https:\/\/accounts\.example\.com:8443$/,
    ],
    [
      "PUBLIC_ORIGIN",
      "http://accounts.example.com",
      "starts with http:// instead of https://",
      /^Write https:\/\/accounts\.example\.com$/,
    ],
    [
      "PUBLIC_ORIGIN",
      `https://user:${SECRET}@accounts.example.com`,
      "contains a user name or password",
      /^Write https:\/\/accounts\.example\.com$/,
    ],
    [
      "PUBLIC_ORIGIN",
      "https://konten.müller.example",
      "has a host that is not in ASCII",
      /^Write https:\/\/konten\.xn--mller-kva\.example$/,
    ],
    [
      "PUBLIC_ORIGIN",
      "http://localhost:8787",
      "names a loopback host, which only works on a developer's machine",
      /such as https/,
    ],
    [
      "PUBLIC_ORIGIN",
      `mysql://user:${SECRET}@db.example/x`,
      "is not an origin such as https://accounts.example.com",
      /Set it/,
    ],
    // Database URLs.
    [
      "DATABASE_URL",
      `user:${SECRET}@db.example/x`,
      "does not have the form mysql://<user>:<password>@<host>/<database>: mysql:// is missing",
      /connection string/,
    ],
    [
      "DATABASE_URL",
      `postgresql://user:${SECRET}@db.example/x`,
      "is a connection string for PostgreSQL",
      /PlanetScale's MySQL/,
    ],
    [
      "DATABASE_URL",
      `http://user:${SECRET}@db.example/x`,
      "must start with mysql:// or https://; http:// would send the password unencrypted",
      /./,
    ],
    ["DATABASE_URL", `mysql://user:${SECRET}%@db.example/x`, "contains an invalid percent-encoding", /as %25/],
    [
      "DATABASE_URL",
      `mysql://user:${SECRET}/a@db.example/x`,
      "contains an unencoded /, ? or # before the @",
      /write \/ as %2F/,
    ],
    [
      "DATABASE_URL",
      `mysql://user:${SECRET}#a@db.example/x`,
      "contains an unencoded /, ? or # before the @",
      /# as %23/,
    ],
    [
      "DATABASE_URL",
      `mysql://user:12/${SECRET}@db.example/x`,
      "contains an unencoded /, ? or # before the @",
      /write \/ as %2F/,
    ],
    [
      "DATABASE_URL",
      `mysql://user@${SECRET}.example/x`,
      "does not have the form mysql://<user>:<password>@<host>/<database>: the password is missing",
      /./,
    ],
    [
      "DATABASE_URL",
      `mysql://:${SECRET}@db.example/x`,
      "does not have the form mysql://<user>:<password>@<host>/<database>: the user is missing",
      /./,
    ],
    [
      "DATABASE_URL",
      `mysql://user:${SECRET}@/x`,
      "does not have the form mysql://<user>:<password>@<host>/<database>",
      /./,
    ],
    // The URL and the token of Redis.
    [
      "UPSTASH_REDIS_REST_URL",
      `rediss://default:${SECRET}@eu1.upstash.io:6379`,
      "is the URL for Redis clients (rediss://)",
      /REST URL, which starts with https/,
    ],
    [
      "UPSTASH_REDIS_REST_URL",
      `redis://default:${SECRET}@eu1.upstash.io:6379`,
      "is the URL for Redis clients (redis://)",
      /REST URL/,
    ],
    ["UPSTASH_REDIS_REST_URL", `${SECRET}.upstash.io`, "does not start with https://", /REST URL/],
    ["UPSTASH_REDIS_REST_URL", `http://${SECRET}.upstash.io`, "must start with https://, not http://", /REST URL/],
    [
      "UPSTASH_REDIS_REST_URL",
      `https://user:${SECRET}@eu1.upstash.io`,
      "must not contain a user name or password",
      /./,
    ],
    ["UPSTASH_REDIS_REST_URL", `https://eu1.upstash.io?token=${SECRET}`, "must not contain ? or #", /./],
    ["UPSTASH_REDIS_REST_TOKEN", `https://${SECRET}.upstash.io`, "is a URL, not a token", /REST token/],
    ["UPSTASH_REDIS_REST_TOKEN", `Bearer ${SECRET}`, "starts with Bearer", /only the token after it/],
    ["UPSTASH_REDIS_REST_TOKEN", `${SECRET} ${SECRET}`, "contains white space", /./],
    // Words and numbers.
    ["EMAIL_VERIFICATION", "Optional", "contains a capital letter", /^Write "optional"\.$/],
    ["EMAIL_VERIFICATION", "sometimes", 'is not "optional" or "required"', /./],
    ["MAIL_SENDER", "Cloudflare", "contains a capital letter", /^Write "cloudflare"\.$/],
    ["HSTS_INCLUDE_SUBDOMAINS", "true", 'is not "on" or "off"', /^Write "on"\.$/],
    ["HSTS_INCLUDE_SUBDOMAINS", "Off", "contains a capital letter", /^Write "off"\.$/],
    ["SOURCE_POSTS_MAX", "0", "is less than 1", /./],
    ["SOURCE_POSTS_MAX", "-3", "is less than 1", /./],
    ["SOURCE_POSTS_MAX", "1,000", "contains characters other than digits", /only digits/],
    ["SOURCE_POSTS_MAX", "1.5", "contains characters other than digits", /only digits/],
    ["SOURCE_POSTS_MAX", "1000000000", "is larger than 999999999", /./],
    ["SOURCE_POSTS_WINDOW_MINUTES", "15m", "contains characters other than digits", /only digits/],
    ["BREACHED_PASSWORDS", "OFF", "contains a capital letter", /^Write "off"\.$/],
    ["BREACHED_PASSWORDS", "api.pwnedpasswords.com", 'does not start with https://, and it is not "off"', /./],
    ["BREACHED_PASSWORDS", "https://api.pwnedpasswords.com/range", "must not end with /range", /./],
  ])("%s = %j %s", (variable, value, problem, remedy) => {
    const result = parseConfig({ ...GOOD, [variable]: value }, false);
    expect(result.ok ? [] : result.problems).toEqual([{ variable, problem, remedy: expect.stringMatching(remedy) }]);
    expect(JSON.stringify(result)).not.toContain(SECRET);
  });

  test("RESEND_API_URL = https://api.resend.com/emails must not end with /emails", () => {
    const env = {
      ...GOOD,
      MAIL_SENDER: "resend",
      RESEND_API_KEY: "re_1",
      RESEND_API_URL: "https://api.resend.com/emails",
    };
    const result = parseConfig(env, false);
    expect(result.ok ? [] : result.problems).toMatchObject([
      { variable: "RESEND_API_URL", problem: "must not end with /emails" },
    ]);
  });
});
