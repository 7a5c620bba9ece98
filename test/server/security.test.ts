import { readFileSync } from "node:fs";
import { request as sendRaw } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { prove } from "../../src/auth/sessions/evidence.ts";
import { brand } from "../../src/brand.ts";
import { createApp } from "../support/authenticator.ts";
import type { Browser, Page } from "../support/browser.ts";
import { type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { codeIn, linkIn } from "../support/inbox.ts";
import { addPasskey, signInWithPasskey, withoutChallenges } from "../support/passkey.ts";
import { ADA, signIn, signUp } from "../support/people.ts";
import { agePassword, ageProofs, changeSession, handleOf, personKey, userIdOf } from "../support/stored.ts";

const BOB = { ...ADA.signup, email: "bob@example.com" };
const DAY = 24 * 60 * 60 * 1_000;

/** The routes in src/routes.ts. `owned` says whether a route requires a session. */
const ROUTES = [
  ...readFileSync(new URL("../../src/routes.ts", import.meta.url), "utf8").matchAll(
    /^ {2}(get|post)\("([^"]+)", (\w+)\(/gm,
  ),
].map(([, method = "", path = "", guard = ""]) => ({ method, path, owned: guard.startsWith("signedIn") }));
const OWNED_PAGES = ROUTES.filter(({ method, owned }) => method === "get" && owned).map(({ path }) => path);

describe("the security of the service:", () => {
  let gatehouse: Gatehouse;
  let rowsAtStart: number;
  const usersAndKeys = async () => {
    const { rows } = await gatehouse.database.execute("select id from users union all select id from `keys`");
    return rows.length;
  };
  beforeAll(async () => {
    gatehouse = await startGatehouse();
    rowsAtStart = await usersAndKeys();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  test("a new deployment has no account", () => {
    expect(rowsAtStart).toBe(0);
  });

  test("every path under /app redirects a signed-out visitor to sign-in, with any method and without a call to a store", async () => {
    const under = ROUTES.filter(({ path }) => path === "/app" || path.startsWith("/app/"));
    expect(under.length).toBeGreaterThan(14);
    expect(ROUTES.filter(({ owned }) => owned)).toEqual(under);
    const visitor = gatehouse.browser();
    for (const { method, path } of under) {
      const response =
        method === "get" ? await visitor.open(path) : await visitor.post(path, new URLSearchParams(ADA.signup));
      const away = `/auth/signin?redirectTo=${encodeURIComponent(path)}`;
      expect([method, path, response.status, response.location, response.body]).toEqual([method, path, 303, away, ""]);
    }
    expect(gatehouse.standIns.traffic.calls).toEqual([]);
  });

  test("every page that requires a session has a sign-out button", async () => {
    const owner = await signUp(gatehouse);
    const paths = [
      ...OWNED_PAGES.filter((path) => !path.endsWith("/export")),
      "/app/account/email?sent",
      "/app/account/sessions?end=others",
    ];
    let pages = 0;
    for (const path of paths) {
      const page = await owner.open(path);
      if (page.status !== 200) continue;
      pages += 1;
      expect([path, page.find('form[action="/auth/signout"] button') !== null]).toEqual([path, true]);
    }
    expect(pages).toBeGreaterThan(10);
    const page = await owner.open("/app/account/delete");
    expect((await owner.submit(page, "/auth/signout")).location).toBe("/auth/signin");
    expect((await owner.open("/app")).status).toBe(303);
  });

  test("fields that a form does not have are ignored", async () => {
    const bob = await signUp(gatehouse, BOB);
    const more = {
      id: "attackerchosen1",
      user_id: userIdOf(bob),
      userId: userIdOf(bob),
      email_verified_at: "1",
      emailVerified: "true",
      session_epoch: "7",
      created_at: "1",
      hashed_password: "x",
      passwordAt: "1",
      role: "admin",
    };
    const ada = gatehouse.browser();
    expect((await ada.post("/auth/signup", new URLSearchParams({ ...more, ...ADA.signup }))).status).toBe(303);
    const change = { currentPassword: ADA.password, password: "jacquard loom", passwordConfirmation: "jacquard loom" };
    const changed = await ada.post("/app/account/password", new URLSearchParams({ ...more, ...change }));
    expect(changed.status).toBe(303);
    const { rows } = await gatehouse.database.execute<Record<string, unknown>>("select * from users order by email");
    expect(rows).toMatchObject([
      { id: userIdOf(ada), email: ADA.email, email_verified_at: null, session_epoch: 1 },
      { id: userIdOf(bob), email: BOB.email, email_verified_at: null, session_epoch: 0 },
    ]);
    expect(userIdOf(ada)).not.toBe(more.id);
    expect(Number(rows[0]?.["created_at"])).toBeGreaterThan(1);
    expect((await bob.open("/app")).status).toBe(200);
    await signIn(gatehouse, { email: BOB.email, password: BOB.password });
  });

  test("names from Object.prototype are ordinary names in a form and in a query", async () => {
    const owner = await signUp(gatehouse);
    const names = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"];
    const fields = new URLSearchParams(names.map((name) => [name, ADA.email]));
    const page = await gatehouse.browser().post("/auth/signin", fields);
    expect([page.status, page.errorAt("email")]).toEqual([422, "Enter your email"]);
    const plain = { signin: await gatehouse.browser().open("/auth/signin"), account: await owner.open("/app/account") };
    // The link to the other language contains the query. Nothing else on the page may depend on it.
    const bodyOf = ({ body }: Page) => withoutChallenges(body).replace(/href="\?[^"]*lang=de"/, "");
    for (const name of names) {
      const query = `sent=${name}&${name}=x`;
      expect(bodyOf(await gatehouse.browser().open(`/auth/signin?${query}`))).toBe(bodyOf(plain.signin));
      expect(bodyOf(await owner.open(`/app/account?${query}`))).toBe(bodyOf(plain.account));
      expect((await owner.open(`/app/account/sessions?end=${name}`)).title).toBe(`Devices · ${brand.name}`);
    }
  });

  test("a page of another origin can read no response, and a preflight request does not change that", async () => {
    const owner = await signUp(gatehouse);
    const crossSite = { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors" };
    const preflight = { ...crossSite, "Access-Control-Request-Method": "POST" };
    const responses = [
      await owner.request("/auth/session", { headers: crossSite }),
      await owner.request("/app/account/export", { headers: crossSite }),
      await owner.request("/assets/enhance.js", { headers: crossSite }),
      await owner.request("/auth/signin", { method: "OPTIONS", headers: preflight }),
    ];
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 405]);
    for (const { headers } of responses) {
      expect([...headers.keys()].filter((name) => name.startsWith("access-control-"))).toEqual([]);
      expect(headers.get("Cross-Origin-Resource-Policy")).toBe("same-origin");
    }
  });

  test("plain http redirects pages to https and refuses all else, so that no password is sent in the clear", async () => {
    const browser = gatehouse.browser("http://gatehouse.test");
    const html = { Accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
    for (const method of ["GET", "HEAD"]) {
      const page = await browser.request("/auth/signin?redirectTo=%2Fapp", { method, headers: html });
      const secure = "https://gatehouse.test/auth/signin?redirectTo=%2Fapp";
      expect([page.status, page.location, page.body]).toEqual([308, secure, ""]);
    }
    const refused = [
      await browser.post("/auth/signin", new URLSearchParams(ADA.signin), html),
      await browser.post("/auth/signup", new URLSearchParams(ADA.signup)),
      await browser.request("/auth/session", { headers: { Accept: "application/json" } }),
      await browser.request("/healthz"),
    ];
    expect(refused.map(({ status, setCookies }) => [status, setCookies])).toEqual(refused.map(() => [403, []]));
    expect(gatehouse.standIns.traffic.calls).toEqual([]);
  });

  test("TRACE is refused and echoes nothing", async () => {
    const { hostname, port } = new URL(gatehouse.origin);
    const headers = { Origin: gatehouse.origin, Cookie: "gatehouse=a-canary-in-a-cookie" };
    const response = await new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const trace = sendRaw({ hostname, port, path: "/auth/signin", method: "TRACE", headers }, (message) => {
        let body = "";
        message.on("data", (chunk: Buffer) => {
          body += chunk.toString();
        });
        message.on("end", () => resolve({ status: message.statusCode, body }));
      });
      trace.on("error", reject).end();
    });
    expect(response.status).toBe(405);
    expect(response.body).not.toContain("a-canary-in-a-cookie");
  });

  test("an old password signs in without a request to change it", async () => {
    await signUp(gatehouse);
    const longAgo = Date.now() - 3_650 * DAY;
    await gatehouse.database.execute("update users set created_at = ?, updated_at = ?", [longAgo, longAgo]);
    await gatehouse.redis.flushdb();
    const browser = gatehouse.browser();
    const response = await browser.submit(await browser.open("/auth/signin"), "/auth/signin", ADA.signin);
    expect([response.status, response.location]).toEqual([303, "/app"]);
    expect((await browser.follow(response)).status).toBe(200);
  });

  test("an operator can end the sessions of one account or of all accounts in the consoles of the stores", async () => {
    const [ada, bob] = [await signUp(gatehouse), await signUp(gatehouse, BOB)];
    await gatehouse.settle();
    const raise = "update users set session_epoch = session_epoch + 1, version = version + 1 where id = ?";
    await gatehouse.database.execute(raise, [userIdOf(ada)]);
    await gatehouse.redis.hdel(personKey(ada), "user");
    expect([(await ada.open("/app")).status, (await bob.open("/app")).status]).toEqual([303, 200]);
    const again = await signIn(gatehouse);
    await gatehouse.redis.flushdb();
    expect([(await again.open("/app")).status, (await bob.open("/app")).status]).toEqual([303, 303]);
  });

  describe("after every form was sent,", () => {
    /** The fields of each form by its action, in which `:token` replaces a secret. */
    const forms = new Map<string, Set<string>>();
    const operations = {
      database: new Set<string>(),
      redis: new Set<string>(),
      "breached-passwords": new Set<string>(),
    };

    /** The prefixes of the keys in Redis. */
    const keyPrefixes = new Set<string>();

    const recordForms = (page: Page): Page => {
      for (const [action, fields] of page.forms()) {
        const path = action.replace(/\/[a-z0-9]{40}$/, "/:token").replace(/\/[0-9a-f]{64}/, "/:id");
        forms.set(path, new Set([...(forms.get(path) ?? []), ...fields]));
      }
      return page;
    };
    const openPage = async (browser: Browser, path: string) => recordForms(await browser.open(path));
    const submitForm = async (
      browser: Browser,
      path: string,
      action: string,
      typed: Readonly<Record<string, string>>,
    ) => browser.submit(await openPage(browser, path), action, typed);

    const recordOperations = async () => {
      await gatehouse.settle();
      for (const { service, operation } of gatehouse.standIns.traffic.calls) {
        if (service === "database" || service === "redis") operations[service].add(operation);
      }
    };
    let submission: Promise<void> | undefined;
    /** Sends every form for passkeys and the second step. In the end, only the password signs in. */
    const changeFactors = async (owner: Browser) => {
      await openPage(owner, "/app/account/passkeys/new");
      const authenticator = await addPasskey(owner);
      await submitForm(gatehouse.browser(), "/auth/forgot-password", "/auth/forgot-password", { email: ADA.email });
      const resets = async () =>
        (await gatehouse.inbox.at(ADA.email)).filter(({ text }) => text.includes("/auth/reset-password/"));
      await expect.poll(async () => (await resets()).length, { timeout: 10_000 }).toBe(2);
      const [reset] = await resets();
      const forgetful = gatehouse.browser();
      if (reset) await forgetful.open(linkIn(reset, "/auth/reset-password/"));
      await openPage(forgetful, "/auth/reset-password");
      await owner.press(await openPage(owner, "/app/account/sign-in"), "Turn on");
      const codesPage = await openPage(
        owner,
        "/app/account/recovery-codes?redirectTo=%2Fapp%2Faccount%2Fauthenticator",
      );
      const [first = "", ...recoveryCodes] = codesPage.texts(".codes code");
      const saved = await owner.submit(codesPage, "/app/account/recovery-codes", { saved: "yes" });
      const { search } = new URL(saved.location ?? "", saved.url);
      await openPage(owner, `/app/account/two-step${search}`);
      const page = await openPage(owner, `/app/account/authenticator${search}`);
      const app = createApp(page.texts("main p code")[0]?.replaceAll(" ", "") ?? "");
      await owner.submit(page, "/app/account/authenticator", { code: app.code(-1) });

      const phone = await signIn(gatehouse);
      const code = { code: app.code(), remember: "yes" };
      await submitForm(phone, "/auth/second-step?redirectTo=%2Fapp", "/auth/second-step", code);
      const recovering = await signIn(gatehouse);
      const recovery = "/auth/second-step/recovery";
      await submitForm(recovering, `${recovery}?redirectTo=%2Fapp`, recovery, { recoveryCode: first });
      expect((await signInWithPasskey(gatehouse.browser(), authenticator)).status).toBe(303);

      const nextCode = () => ({ currentPassword: ADA.password, code: recoveryCodes.pop() ?? "" });
      const longAgo = Date.now() - 11 * 60_000;
      await changeSession(gatehouse, owner, { evidence: [prove("totp", longAgo), prove("password", longAgo)] });
      for (const end of ["others", handleOf(phone)]) await openPage(owner, `/app/account/sessions?end=${end}`);
      recordForms(await owner.post("/app/account/trusted-devices/forget", new URLSearchParams({ device: "all" })));
      recordForms(await owner.post("/app/account/email/final", new URLSearchParams({ email: BOB.email })));
      await submitForm(owner, "/app/account/confirm?redirectTo=%2Fapp", "/app/account/confirm", nextCode());
      await openPage(owner, "/app/account/delete");
      const methods = await openPage(owner, "/app/account/sign-in");
      await owner.press(methods, "Forget: Unknown device");
      const passkey = methods.link("Manage: Unknown device");
      await submitForm(owner, passkey, passkey, { name: "Laptop" });
      const removals = ["/app/account/authenticator/remove", "/app/account/two-step"] as const;
      for (const action of removals) {
        const answer = await submitForm(owner, action.replace("/remove", ""), action, nextCode());
        expect([action, answer.status, answer.location]).toEqual([action, 303, "/app/account/sign-in"]);
      }
      const { currentPassword } = nextCode();
      const removed = await submitForm(owner, passkey, `${passkey}/remove`, { currentPassword });
      expect([removed.status, removed.location]).toEqual([303, "/app/account/sign-in"]);
    };
    const signUpWithoutPassword = async () => {
      const newcomer = gatehouse.browser();
      const { email } = BOB;
      const press = "Sign up with a passkey instead";
      await newcomer.press(await openPage(newcomer, "/auth/signup"), press, { email });
      await openPage(newcomer, "/app/account/passkeys/new?redirectTo=%2Fapp");
      const code = codeIn(await gatehouse.inbox.newest(email));
      await submitForm(newcomer, "/auth/verify-email", "/auth/verify-email", { code });
      await ageProofs(gatehouse, newcomer);
      const page = await openPage(newcomer, "/app/account/confirm?redirectTo=%2Fapp%2Faccount%2Fdelete");
      const asked = recordForms(await newcomer.follow(await newcomer.press(page, "Email me a code")));
      for (const end of ["others", handleOf(newcomer)]) await openPage(newcomer, `/app/account/sessions?end=${end}`);
      recordForms(await newcomer.post("/app/account/trusted-devices/forget", new URLSearchParams({ device: "all" })));
      recordForms(await newcomer.post("/app/account/email/final", new URLSearchParams({ email: ADA.email })));
      const confirmation = codeIn(await gatehouse.inbox.newest(email, 2));
      await newcomer.submit(asked, "/app/account/confirm", { mailedCode: confirmation });
      await newcomer.press(await openPage(newcomer, "/app/account/delete"), "Email me a code");
      const mailedCode = codeIn(await gatehouse.inbox.newest(email, 3));
      const form = { mailedCode, confirmation: "yes" };
      await submitForm(newcomer, "/app/account/delete", "/app/account/delete", form);
    };
    const submitAllOnce = () => (submission ??= submitAll());
    const submitAll = async () => {
      const owner = gatehouse.browser();
      await submitForm(owner, "/auth/signup?redirectTo=%2Fapp", "/auth/signup", ADA.signup);
      const mail = await gatehouse.inbox.newest(ADA.email);
      await openPage(gatehouse.browser(), linkIn(mail, "/auth/verify-email/"));
      await submitForm(owner, "/auth/verify-email?redirectTo=%2Fapp", "/auth/verify-email", { code: codeIn(mail) });
      const phone = await signIn(gatehouse);
      await submitForm(gatehouse.browser(), "/auth/signin?redirectTo=%2Fapp", "/auth/signin", ADA.signin);

      await agePassword(gatehouse, owner);
      await openPage(owner, "/app");
      recordForms(await owner.post("/app/account/sessions/revoke", new URLSearchParams({ session: handleOf(phone) })));
      const currentPassword = ADA.password;
      await submitForm(owner, "/app/account/sessions?end=others", "/app/account/sessions/revoke-others", {
        currentPassword,
      });
      await agePassword(gatehouse, owner);
      await submitForm(owner, "/app/account/email", "/app/account/email", {
        email: "new@example.com",
        currentPassword,
      });
      await openPage(owner, "/app/account/security");
      const confirm = linkIn(await gatehouse.inbox.newest("new@example.com"), "/auth/confirm-email/");
      await submitForm(gatehouse.browser(), confirm, confirm, { currentPassword });
      // The code, the notices of two sign-ins, and the notice of the change.
      const undo = linkIn(await gatehouse.inbox.newest(ADA.email, 4), "/auth/undo-email/");
      const recovering = gatehouse.browser();
      await submitForm(recovering, undo, undo, {});
      const fresh = { password: "difference engine 1822", passwordConfirmation: "difference engine 1822" };
      await submitForm(recovering, "/auth/reset-password?redirectTo=%2Fapp", "/auth/reset-password", fresh);
      await submitForm(gatehouse.browser(), "/auth/forgot-password?redirectTo=%2Fapp", "/auth/forgot-password", {
        email: ADA.email,
      });

      const back = await signIn(gatehouse, { email: ADA.email, password: fresh.password });
      for (const path of OWNED_PAGES) await openPage(back, path);
      const other = { email: "bob@example.com", password: ADA.password, redirectTo: "/app" };
      recordForms(await back.post("/auth/signin", new URLSearchParams(other)));
      await submitForm(back, "/app/account/password", "/app/account/password", {
        password: ADA.password,
        passwordConfirmation: ADA.password,
        currentPassword: fresh.password,
      });
      await changeFactors(back);
      await signUpWithoutPassword();
      await recordOperations();
      for (const name of await gatehouse.redis.keys("*")) keyPrefixes.add(name.split(":", 1)[0] ?? "");
      // This test made these calls, not the Worker.
      gatehouse.standIns.traffic.clear();
      await submitForm(back, "/app/account/delete", "/app/account/delete", { currentPassword, confirmation: "yes" });
      await back.open("/healthz");
      await gatehouse.runScheduled(Date.now() + DAY);
      await recordOperations();
      expect(await usersAndKeys()).toBe(0);
    };

    test("each form has the fields that docs/security.md lists, and none for a hint or a security answer", async () => {
      await submitAllOnce();
      const text = readFileSync(new URL("../../docs/security.md", import.meta.url), "utf8");
      const documented = [...text.matchAll(/^\| `POST (\S+)` \|([^|]*)\|/gm)].map(
        ([, path = "", fields = ""]) =>
          [path, [...fields.matchAll(/`(\w+)`/g)].map(([, field = ""]) => field).toSorted()] as const,
      );
      const rendered = [...forms].map(([path, fields]) => [path, [...fields].toSorted()] as const);
      expect(Object.fromEntries(rendered)).toEqual(Object.fromEntries(documented));
      const posts = ROUTES.filter(({ method }) => method === "post").map(({ path }) => path);
      expect([...forms.keys()].toSorted()).toEqual(posts.toSorted());
    });

    test("Redis contains the kinds of keys that docs/security.md lists, and no others", async () => {
      await submitAllOnce();
      const text = readFileSync(new URL("../../docs/security.md", import.meta.url), "utf8");
      const [, stored = ""] = /^## Stored data\n(.*?)^## /ms.exec(text) ?? [];
      const named = [...stored.matchAll(/`([a-z_]+):</g)].map(([, kind = ""]) => kind);
      expect(keyPrefixes.size).toBeGreaterThan(2);
      expect([...keyPrefixes].toSorted()).toEqual([...new Set(named)].toSorted());
    });

    test("MySQL and Redis get only commands on rows and keys, so that no other rights are needed", async () => {
      await submitAllOnce();
      const rows = ["BEGIN", "COMMIT", "DELETE", "INSERT", "ROLLBACK", "SELECT", "UPDATE"];
      expect([...operations.database].toSorted()).toEqual(rows);
      const commands = new Set([...operations.redis].map((operation) => operation.split(" ", 1)[0] ?? ""));
      // This test itself calls HGET and HSET, to make a password too old to count as entered recently.
      expect([...commands].toSorted()).toEqual(["DEL", "EVAL", "HDEL", "HGET", "HSET", "SET"]);
    });
  });
});

describe("a service that is not configured", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse({ EMAIL_VERIFICATION: "some-value-of-mine" });
  });
  afterAll(() => gatehouse.close());

  test("names the invalid variables on loopback and in the log, but not on a deployed page", async () => {
    const local = await gatehouse.browser().open("/");
    const deployed = await gatehouse.browser("https://gatehouse.test").open("/auth/signin");
    expect([local.status, deployed.status]).toEqual([503, 503]);
    expect(local.text).toContain("EMAIL_VERIFICATION");
    expect(deployed.body).not.toMatch(/EMAIL_VERIFICATION|wrangler/);
    expect(deployed.headers.get("Content-Security-Policy")).toContain("default-src 'none'");
    for (const text of [local.body, deployed.body, gatehouse.logs()]) expect(text).not.toContain("some-value-of-mine");
    await expect.poll(() => gatehouse.logs()).toContain("EMAIL_VERIFICATION");
  });
});
