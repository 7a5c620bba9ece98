import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Browser } from "../../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../../support/gatehouse.ts";
import { codeIn, linkIn } from "../../support/inbox.ts";
import { ADA, signUp } from "../../support/people.ts";

/** Typed and pasted text, and the stored email. */
const PASTED = [
  ["\u200bada@example.com\u200b", "ada@example.com"],
  ["\u202aada@example.com\u202c", "ada@example.com"],
  ["mailto:ada@example.com", "ada@example.com"],
  ["ada@example.com.", "ada@example.com"],
  ["<ada@example.com>", "ada@example.com"],
  ["„ada@example.com“", "ada@example.com"],
  ["Ada@MÜNCHEN.example", "ada@xn--mnchen-3ya.example"],
] as const;

const STORED = "ada@xn--mnchen-3ya.example";
const READABLE = "ada@münchen.example";
const UMLAUT = { email: READABLE, password: ADA.password };

describe.skipIf(enginesAreMissing())("an email as people type it", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const emails = async () => {
    const { rows } = await gatehouse.database.execute<{ email: string }>("select email from users");
    return rows.map(({ email }) => email);
  };
  const send = async (browser: Browser, path: string, typed: Readonly<Record<string, string>>) =>
    browser.submit(await browser.open(path), path, typed);

  test.each(PASTED)("%j signs up, in, and has a link sent, as %s", async (typed, stored) => {
    const fields = { email: typed, password: ADA.password };
    const signup = { ...fields, passwordConfirmation: ADA.password };
    expect((await send(gatehouse.browser(), "/auth/signup", signup)).status).toBe(303);
    expect(await emails()).toEqual([stored]);
    expect((await gatehouse.inbox.newest(stored)).to).toEqual([stored]);

    expect((await send(gatehouse.browser(), "/auth/signin", fields)).status).toBe(303);
    expect((await send(gatehouse.browser(), "/auth/signin", { ...fields, email: stored })).status).toBe(303);
    expect((await send(gatehouse.browser(), "/auth/forgot-password", { email: typed })).status).toBe(303);
    expect((await gatehouse.inbox.newest(stored, 2)).to).toEqual([stored]);
    // All spellings belong to one account.
    const again = await send(gatehouse.browser(), "/auth/signup", {
      email: stored,
      password: "another one 1843",
      passwordConfirmation: "another one 1843",
    });
    expect([again.status, await emails()]).toEqual([422, [stored]]);
  });

  test("a field that is refused shows what was typed, as it was typed", async () => {
    for (const typed of ["ada@münchen", "<ada@münchen.example", "mailto:ada", " ada@exa mple.com"]) {
      const page = await send(gatehouse.browser(), "/auth/signin", { email: typed, password: "x" });
      expect([page.status, page.errorAt("email") !== null]).toEqual([422, true]);
      expect(page.field("email").getAttribute("value")).toBe(typed);
    }
  });

  test("an internationalized domain is readable on every page, and ASCII wherever a machine reads it", async () => {
    const owner = await signUp(gatehouse, { ...ADA.signup, email: STORED });
    const pages = ["/app", "/app/account", "/app/account/email", "/auth/verify-email"];
    for (const path of pages) {
      const page = await owner.open(path);
      expect([path, page.text.includes(READABLE), page.text.includes("xn--")]).toEqual([path, true, false]);
    }
    // The text that names the account to password managers is readable.
    for (const path of ["/app/account/password", "/app/account/delete"]) {
      expect((await owner.open(path)).field("account").getAttribute("value")).toBe(READABLE);
    }
    expect(JSON.parse((await owner.open("/auth/session")).body).user.email).toBe(STORED);
    expect((await owner.open("/app/account/export")).body).toContain(`"${STORED}"`);
    expect((await owner.open("/app/account/export")).body).not.toContain("münchen");
  });

  test("the pages of mailed links show it, and messages go to the ASCII form", async () => {
    const first = await signUp(gatehouse, { ...ADA.signup, email: STORED });
    const verify = linkIn(await gatehouse.inbox.newest(STORED), "/auth/verify-email/");
    expect((await first.submit(await first.open(verify), verify)).status).toBe(303);
    const browser = gatehouse.browser();
    await send(browser, "/auth/forgot-password", { email: READABLE });
    const reset = linkIn(await gatehouse.inbox.newest(STORED, 2), "/auth/reset-password/");
    const page = await browser.follow(await browser.open(reset));
    expect(page.find('input[autocomplete="username"]')?.getAttribute("value")).toBe(READABLE);

    const owner = gatehouse.browser();
    expect((await send(owner, "/auth/signin", UMLAUT)).status).toBe(303);
    const typed = { email: "Ada@Zürich.example." };
    expect((await owner.submit(await owner.open("/app/account/email"), "/app/account/email", typed)).status).toBe(303);
    const mail = await gatehouse.inbox.newest("ada@xn--zrich-kva.example");
    const confirm = linkIn(mail, "/auth/confirm-email/");
    expect((await owner.open(confirm)).text).toContain("ada@zürich.example");
    expect((await owner.submit(await owner.open(confirm), confirm)).status).toBe(303);
    expect(await emails()).toEqual(["ada@xn--zrich-kva.example"]);
    // Two links, the notice of the sign-in, and the notice of the change.
    const undo = linkIn(await gatehouse.inbox.newest(STORED, 4), "/auth/undo-email/");
    expect((await gatehouse.browser().open(undo)).text).toContain(READABLE);
  });

  test("the same email in another spelling is no change", async () => {
    const owner = await signUp(gatehouse, { ...ADA.signup, email: STORED });
    for (const email of [READABLE, `<${STORED}>`, "ADA@MÜNCHEN.example."]) {
      const page = await owner.submit(await owner.open("/app/account/email"), "/app/account/email", { email });
      expect([page.status, page.errorAt("email") !== null]).toEqual([422, true]);
    }
  });

  test("a homograph is shown in ASCII, which distinguishes it from the imitated email", async () => {
    const cyrillic = "ada@xn--80ak6aa92e.com";
    const owner = await signUp(gatehouse, { ...ADA.signup, email: cyrillic });
    const { text } = await owner.open("/app");
    expect([text.includes(cyrillic), text.includes("аррӏе")]).toEqual([true, false]);
  });

  test("info@… may use a long password in which those letters are part of a word, and no short one", async () => {
    const password = "information-superhighway-9";
    const signup = { email: "info@example.com", password, passwordConfirmation: password };
    const short = { ...signup, password: "info-2026", passwordConfirmation: "info-2026" };
    const refused = await send(gatehouse.browser(), "/auth/signup", short);
    expect([refused.status, refused.errorAt("password") !== null]).toEqual([422, true]);
    expect((await send(gatehouse.browser(), "/auth/signup", signup)).status).toBe(303);
  });
});

describe.skipIf(enginesAreMissing())("an email as people type it, where it must be verified", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse({ EMAIL_VERIFICATION: "required" });
  });
  afterAll(() => gatehouse.close());

  test("is readable on the code page and belongs to one account", async () => {
    const browser = gatehouse.browser();
    const typed = { email: `mailto:${READABLE}`, password: ADA.password, passwordConfirmation: ADA.password };
    const sent = await browser.submit(await browser.open("/auth/signup"), "/auth/signup", typed);
    const page = await browser.follow(sent);
    expect([page.text.includes(READABLE), page.text.includes("xn--")]).toEqual([true, false]);
    const mail = await gatehouse.inbox.newest(STORED);
    const link = await gatehouse.browser().open(linkIn(mail, "/auth/verify-email/"));
    expect(link.field("email").getAttribute("value")).toBe(READABLE);
    expect((await browser.submit(page, "/auth/verify-email", { code: codeIn(mail) })).status).toBe(303);
    const { rows } = await gatehouse.database.execute("select email from users");
    expect(rows).toEqual([{ email: STORED }]);
  });
});
