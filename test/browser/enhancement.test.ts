import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { chromiumIsMissing, goBack, openWindow, startChromium, startHeadlessShell } from "../support/chromium.ts";
import { type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { codeIn } from "../support/inbox.ts";
import { ADA, signIn as signInElsewhere, signUp as signUpElsewhere } from "../support/people.ts";
import { changeSession } from "../support/stored.ts";
import { fillInSignin, fillInSignup, signUp } from "./steps.ts";

describe.skipIf(chromiumIsMissing())("the enhancement script", () => {
  let gatehouse: Gatehouse;
  /** The headless shell, which takes a third of the processor time. Only Chromium keeps a page for Back. */
  let chromium: Browser;
  beforeAll(async () => {
    [gatehouse, chromium] = await Promise.all([startGatehouse(), startHeadlessShell()]);
  });
  beforeEach(() => gatehouse.reset());
  afterAll(async () => {
    await gatehouse.close();
  });

  const operations = () => gatehouse.standIns.traffic.calls.map(({ operation }) => operation);

  test("shows on the button that a form is being sent, keeps its focus and sends the form only once", async () => {
    const page = await openWindow(chromium, gatehouse);
    const posts: string[] = [];
    page.on("request", (request) => request.method() === "POST" && posts.push(new URL(request.url()).pathname));
    await page.goto("/auth/signin");
    await fillInSignin(page);
    const middle = await middleOf(submitButton(page));
    await submitButton(page).focus();
    const release = await holdPosts(page);
    const sending = await watchSending(page);
    await page.keyboard.press("Enter");
    expect(await sending.seen).toMatchObject({ label: "Signing in…", busy: "true", off: "true", focused: true });

    await page.keyboard.press("Enter");
    await page.mouse.click(middle.x, middle.y);
    release();
    await page.getByRole("alert").waitFor();
    expect(posts).toEqual(["/auth/signin"]);
    await gatehouse.settle();
    expect(operations().toSorted()).toEqual(["EVAL consume", "INSERT", "SELECT"]);
  });

  test("restores the button when Back shows a form that the browser has kept in its sent state", async () => {
    const page = await openWindow(await startChromium(), gatehouse);
    await keepPages(page);
    await page.goto("/auth/forgot-password");
    await page.evaluate(() => {
      document.body.dataset["kept"] = "yes";
    });
    await page.getByLabel("Email", { exact: true }).fill(ADA.email);
    const label = await submitButton(page).textContent();
    await submitButton(page).click();
    await page.waitForURL("/auth/forgot-password/sent");
    await goBack(page);
    await page.locator("[data-kept]").waitFor();
    expect(await submitButton(page).textContent()).toBe(label);
    expect(await page.locator("[aria-busy], [aria-disabled]").count()).toBe(0);

    await submitButton(page).click();
    await page.waitForURL("/auth/forgot-password/sent");
  });

  test("loads a page with a challenge for passkeys anew when Back shows it", async () => {
    await signUpElsewhere(gatehouse);
    const page = await openWindow(await startChromium(), gatehouse);
    await keepPages(page);
    await page.goto("/auth/signin");
    const challenge = await page.locator("[data-passkey]").getAttribute("data-passkey");
    await page.goto("/auth/forgot-password");
    await goBack(page);
    await expect
      .poll(() => page.locator("[data-passkey]").getAttribute("data-passkey"), { timeout: 10_000 })
      .not.toBe(challenge);
  });

  test("reveals and hides a password with a button whose label names the action and the field", async () => {
    const page = await openWindow(chromium, gatehouse);
    await page.goto("/auth/signup");
    await fillInSignup(page);
    const password = page.getByLabel("Password", { exact: true });
    const confirmation = page.getByLabel("Confirm password", { exact: true });
    await page.getByRole("button", { name: "Password: Show", exact: true }).click();
    expect(await password.getAttribute("type")).toBe("text");
    expect(await confirmation.getAttribute("type")).toBe("password");
    expect(await password.inputValue()).toBe(ADA.password);

    await page.getByRole("button", { name: "Password: Hide", exact: true }).click();
    expect(await password.getAttribute("type")).toBe("password");
    expect(await page.getByRole("button", { name: "Confirm password: Show" }).count()).toBe(1);
  });

  test("allows passwords to be pasted, and leaves nothing in the browser: there are only cookies that no script can read", async () => {
    const page = await openWindow(chromium, gatehouse);
    await page.goto("/auth/signup");
    for (const label of ["Password", "Confirm password"]) {
      const allowed = await page.getByLabel(label, { exact: true }).evaluate((field) => {
        const paste = new ClipboardEvent("paste", { bubbles: true, cancelable: true });
        return field.dispatchEvent(paste) && field.dispatchEvent(new InputEvent("beforeinput", { cancelable: true }));
      });
      expect(allowed).toBe(true);
    }
    await fillInSignup(page);
    await submitButton(page).click();
    await page.waitForURL("/app");
    const kept = () =>
      page.evaluate(async () => {
        const databases = await indexedDB.databases();
        return [document.cookie, localStorage.length, sessionStorage.length, databases.length];
      });
    expect(await kept()).toEqual(["", 0, 0, 0]);
    const cookies = await page.context().cookies();
    expect(cookies.filter(({ value }) => value.includes(ADA.email) || value.includes(ADA.password))).toEqual([]);
  });

  test("hides a revealed password when the form is sent", async () => {
    const page = await openWindow(chromium, gatehouse);
    await page.goto("/auth/signin");
    await fillInSignin(page);
    await page.getByRole("button", { name: "Password: Show", exact: true }).click();
    const release = await holdPosts(page);
    const sending = await watchSending(page);
    await page.getByLabel("Password", { exact: true }).press("Enter", { noWaitAfter: true });
    expect(await sending.seen).toMatchObject({ busy: "true", passwordType: "password", revealLabel: "Password: Show" });
    release();
    await page.getByRole("alert").waitFor();
  });

  test("moves the focus to the summary of errors, whose links move it to the fields", async () => {
    const page = await openWindow(chromium, gatehouse);
    await page.goto("/auth/signup");
    await page.getByLabel("Email", { exact: true }).fill("ada");
    await submitButton(page).click();
    const summary = page.getByRole("alert");
    await summary.waitFor();
    expect(await summary.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await focusedId(page)).toBe("email");
    await summary.getByRole("link", { name: "Choose a password" }).click();
    expect(await focusedId(page)).toBe("password");
  });

  test("offers to correct a mistyped domain of an email, and leaves other domains alone", async () => {
    const page = await openWindow(chromium, gatehouse);
    await page.goto("/auth/signup");
    const email = page.getByLabel("Email", { exact: true });
    const suggestion = page.getByRole("button", { name: /^Did you mean/ });
    for (const typed of ["gmial.com", "gmai.com", "gmail.con", "gmaill.com", "GMAIL.CM"]) {
      await email.fill(`Ada@${typed}`);
      await email.blur();
      expect(await suggestion.textContent()).toBe("Did you mean ada@gmail.com?");
    }
    for (const domain of ["gmail.com", "ymail.com", "example.com", "mail.example", "gmx.at"]) {
      await email.fill(`ada@${domain}`);
      await email.blur();
      expect(await suggestion.count()).toBe(0);
    }
    await email.fill("ada@hotmial.com");
    await email.blur();
    await suggestion.click();
    expect([await email.inputValue(), await focusedId(page), await suggestion.count()]).toEqual([
      "ada@hotmail.com",
      "email",
      0,
    ]);
  });

  test("says that Caps Lock is on while a password is typed", async () => {
    const page = await openWindow(chromium, gatehouse);
    await page.goto("/auth/signin");
    const type = (modifierCapsLock: boolean) =>
      page
        .locator("#password")
        .evaluate(
          (field, on) => field.dispatchEvent(new KeyboardEvent("keyup", { modifierCapsLock: on })),
          modifierCapsLock,
        );
    const hint = page.getByText("Caps Lock is on");
    expect(await hint.count()).toBe(0);
    await type(true);
    await hint.waitFor();
    await type(false);
    expect(await hint.count()).toBe(0);
  });

  test("moves the focus to the field for the code, also after an error", async () => {
    const page = await openWindow(chromium, gatehouse);
    await page.goto("/auth/signup");
    await fillInSignup(page);
    await submitButton(page).click();
    await page.waitForURL("/app");
    await gatehouse.inbox.newest(ADA.email);
    await page.goto("/auth/verify-email");
    expect(await focusedId(page)).toBe("code");
    await page.keyboard.type("00000000");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").waitFor();
    expect(await focusedId(page)).toBe("code");
  });

  test("sends a code after all its digits are pasted or filled in, but not while it is typed or after an error", async () => {
    const page = await openWindow(chromium, gatehouse);
    await page.goto("/auth/signup");
    await fillInSignup(page);
    await submitButton(page).click();
    await page.waitForURL("/app");
    const code = codeIn(await gatehouse.inbox.newest(ADA.email));
    const posts: string[] = [];
    page.on("request", (request) => request.method() === "POST" && posts.push(request.postData() ?? ""));
    await page.goto("/auth/verify-email");
    const field = page.getByLabel("Code");
    await field.pressSequentially("00000000");
    expect(posts).toEqual([]);
    await field.fill("");
    await field.fill("0000");
    expect(posts).toEqual([]);
    await field.fill("0000 0000");
    await page.getByRole("alert").waitFor();
    expect(posts).toHaveLength(1);
    // The wrong code is still there and selected, so that the next one replaces it.
    expect(await field.inputValue()).toBe("0000 0000");
    expect(await page.evaluate(() => getSelection()?.toString())).toBe("0000 0000");
    await field.fill(code);
    expect(posts).toHaveLength(1);
    await page.getByRole("button", { name: "Verify", exact: true }).click();
    await page.waitForURL("/app");
    await page.getByText("Your email is verified.").waitFor();
  });

  test("never sends a form that confirms an action when a code is pasted into it", async () => {
    const page = await openWindow(chromium, gatehouse);
    await page.goto("/auth/signup");
    await page.getByLabel("Email").fill(ADA.email);
    await page.getByRole("button", { name: "Sign up with a passkey instead" }).click();
    await page.waitForURL(/passkeys\/new/);
    await page.goto("/app/account/delete");
    await page.getByRole("button", { name: "Email me a code" }).click();
    const field = page.getByLabel("8-digit code from our email");
    await field.waitFor();
    await page.getByLabel("I understand that this can't be undone").check();
    const posts: string[] = [];
    page.on("request", (request) => request.method() === "POST" && posts.push(request.url()));
    await field.fill(codeIn(await gatehouse.inbox.newest(ADA.email, 2)));
    await page.waitForTimeout(300);
    expect([posts, new URL(page.url()).pathname]).toEqual([[], "/app/account/delete"]);
  });

  test("does not restore the tick at recovery codes after Back, because the page then shows others", async () => {
    const page = await openWindow(chromium, gatehouse);
    await signUp(page);
    await page.goto("/app/account/recovery-codes");
    const codes = await page.locator(".codes").innerText();
    await page.getByLabel("I saved these codes").check();
    await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: "Continue" }).click()]);
    await page.goBack();
    expect(await page.locator(".codes").innerText()).not.toBe(codes);
    expect(await page.getByLabel("I saved these codes").isChecked()).toBe(false);
  });

  test("shows times in the reader's time zone, and those of the last day as a time ago", async () => {
    const page = await openWindow(chromium, gatehouse, { timezoneId: "America/Los_Angeles" });
    await signUp(page);
    const cookies = await page.context().cookies();
    const browser = gatehouse.browser();
    browser.cookies.set("gatehouse", cookies.find(({ name }) => name === "gatehouse")?.value ?? "");
    const lastYear = Date.UTC(2025, 2, 1, 2, 30);
    const phone = await signInElsewhere(gatehouse);
    const tablet = await signInElsewhere(gatehouse);
    await changeSession(gatehouse, phone, { seenAt: lastYear });
    await changeSession(gatehouse, tablet, { seenAt: Date.now() - 3 * 60 * 60_000 });
    await page.goto("/app/account/sessions");
    const times = await page.locator("time").allTextContents();
    expect(times).toContain("28 February 2025 at 18:30");
    expect(times).toContain("3 hours ago");
    // A minute may have begun since the sign-in.
    expect(times.some((text) => ["now", "1 minute ago"].includes(text))).toBe(true);
    expect(await page.locator("time", { hasText: "3 hours ago" }).getAttribute("title")).toMatch(/^\d+ \w+ 2026 at/);

    await gatehouse.database.execute("update account_events set occurred_at = ? where type = 'signed-up'", [lastYear]);
    await page.goto("/app/account/activity");
    const oldest = page.getByRole("listitem").last();
    // Its heading has the day in UTC, which differs.
    expect(await page.getByRole("heading", { level: 2 }).last().textContent()).toBe("1 March 2025 UTC");
    expect(await oldest.locator("time").textContent()).toBe("28 February 2025 at 18:30");
  });

  test("counts down the time until the next attempt, and announces its end once", async () => {
    const page = await openWindow(chromium, gatehouse);
    const wrong = new URLSearchParams({ email: ADA.email, password: "not the password" });
    for (let attempts = 0; attempts < 10; attempts += 1) await gatehouse.browser().post("/auth/signin", wrong);
    await page.clock.install();
    await page.goto("/auth/signin");
    await fillInSignin(page);
    await submitButton(page).click();
    const wait = page.locator("[data-wait]");
    expect(await wait.textContent()).toMatch(/^1[45]:\d\d minutes$/);
    await page.clock.runFor(60_000);
    expect(await wait.textContent()).toMatch(/^1[34]:\d\d minutes$/);
    const announced = page.getByText("You can try again now.");
    expect(await announced.count()).toBe(0);
    await page.clock.runFor(15 * 60_000);
    expect([await wait.textContent(), await announced.count()]).toEqual(["00:00 minutes", 1]);
    await page.clock.runFor(60_000);
    expect(await announced.count()).toBe(1);
  });

  test("disables the button for another code until it can be pressed again, and counts in the language of the page", async () => {
    const page = await openWindow(chromium, gatehouse);
    await signUp(page);
    await gatehouse.inbox.newest(ADA.email);
    await page.goto("/app?lang=de");
    const resend = page.getByRole("button", { name: "Neuen Code senden" });
    await page.goto("/auth/verify-email");
    await page.clock.install();
    for (let count = 0; count < 5 && (await page.locator("[data-wait]").count()) === 0; count += 1) {
      expect(await resend.isDisabled()).toBe(false);
      await resend.click();
      await page.waitForLoadState();
    }
    expect(await resend.isDisabled()).toBe(true);
    expect(await page.locator("[data-wait]").textContent()).toMatch(/^1[45]:\d\d Minuten$/);
    await page.clock.runFor(15 * 60_000 + 1_000);
    expect(await resend.isDisabled()).toBe(false);
  });

  test("still offers to correct an email after the form was refused", async () => {
    const page = await openWindow(chromium, gatehouse);
    await page.goto("/auth/signup");
    await page.getByLabel("Email", { exact: true }).fill("ada@gmial.com");
    await page.getByLabel("Email", { exact: true }).press("Enter");
    await page.getByRole("alert").waitFor();
    await page.getByRole("button", { name: "Did you mean ada@gmail.com?" }).waitFor();
  });

  test("names the email on the page after a reset link was requested; its URL does not", async () => {
    const page = await openWindow(chromium, gatehouse);
    await page.goto("/auth/forgot-password");
    await page.getByLabel("Email", { exact: true }).fill(ADA.email);
    await submitButton(page).click();
    await page.getByText(`If there's an account with ${ADA.email}, we sent a link`).waitFor();
    expect(new URL(page.url()).href).not.toContain("ada");
    await page.evaluate(() => sessionStorage.clear());
    await page.reload();
    await page.getByText("If there's an account with this email, we sent a link").waitFor();
  });

  test("carries the email from form to form of a tab, and forgets it at the sign-in", async () => {
    await signUpElsewhere(gatehouse);
    const page = await openWindow(chromium, gatehouse);
    await page.goto("/auth/signin");
    await page.getByLabel("Email", { exact: true }).fill(ADA.email);
    for (const link of ["Forgot your password?", "Sign in", "Create an account"]) {
      await page.getByRole("link", { name: link }).click();
      await expect.poll(() => page.getByLabel("Email", { exact: true }).inputValue()).toBe(ADA.email);
    }
    const other = await page.context().newPage();
    await other.goto("/auth/signin");
    expect(await other.getByLabel("Email", { exact: true }).inputValue()).toBe("");
    await page.goto("/auth/signin");
    await fillInSignin(page);
    await submitButton(page).click();
    await page.waitForURL("/app");
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  });

  test("moves no focus on a page without errors", async () => {
    const page = await openWindow(chromium, gatehouse);
    await page.goto("/auth/signin");
    expect(await page.evaluate(() => document.activeElement === document.body)).toBe(true);
  });

  test("is not needed: without scripts there is no button without effect, and errors are shown all the same", async () => {
    const page = await openWindow(chromium, gatehouse, { javaScriptEnabled: false });
    await page.goto("/auth/signup");
    expect(await page.getByRole("button").allTextContents()).toEqual([
      "Create account",
      "Sign up with a passkey instead",
    ]);
    await page.getByLabel("Email", { exact: true }).fill("ada");
    await submitButton(page).click();
    await page.getByRole("alert").getByRole("link", { name: "Choose a password" }).click();
    await page.keyboard.type(ADA.password);
    expect(await page.locator("#password").inputValue()).toBe(ADA.password);
  });

  test("is not needed: forms work if it cannot be loaded", async () => {
    const page = await openWindow(chromium, gatehouse);
    await page.route("**/assets/*", (route) => route.abort());
    await signUp(page);
    expect(await page.getByRole("button").allTextContents()).toEqual(["Sign out"]);
  });
});

const submitButton = (page: Page) => page.locator("button[type=submit]").first();

const focusedId = (page: Page) => page.evaluate(() => document.activeElement?.id);

/**
 * Makes the page read its own state right after its form is sent. The result is requested before that, because
 * Playwright then waits for the response. The page listens before this function returns, because a key press may be
 * faster than the next call.
 */
async function watchSending(page: Page): Promise<{ readonly seen: Promise<unknown> }> {
  const watcher = await page.evaluateHandle(() => ({
    seen: new Promise((resolve) => {
      const look = () => {
        const button = document.querySelector("button[type=submit]");
        resolve({
          label: button?.textContent,
          busy: button?.getAttribute("aria-busy"),
          off: button?.getAttribute("aria-disabled"),
          focused: button === document.activeElement,
          passwordType: document.querySelector<HTMLInputElement>("#password")?.type,
          revealLabel: document.querySelector("[aria-controls=password]")?.ariaLabel,
        });
      };
      addEventListener("submit", () => setTimeout(look));
    }),
  }));
  return { seen: watcher.evaluate(({ seen }) => seen) };
}

/** Holds POST requests back until the returned function is called, so that the page that sent them can be examined. */
async function holdPosts(page: Page): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  await page.route("**", async (route) => {
    if (route.request().method() === "POST") await promise;
    await route.continue();
  });
  return resolve;
}

async function middleOf(element: Locator): Promise<{ x: number; y: number }> {
  const box = await element.boundingBox();
  if (box === null) throw new Error("not to be seen");
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/**
 * Makes Chromium keep pages in its back/forward cache despite `no-store`, as some browsers do if no cookie has changed.
 */
async function keepPages(page: Page): Promise<void> {
  await page.route("**/auth/*", async (route) => {
    if (route.request().method() !== "GET") return route.fallback();
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), "cache-control": "no-cache" } });
  });
}
