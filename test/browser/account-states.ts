import type { Page } from "playwright-core";
import type { Gatehouse } from "../support/gatehouse.ts";
import { codeIn, linkIn } from "../support/inbox.ts";
import { ADA, signIn } from "../support/people.ts";
import { agePasswords } from "../support/stored.ts";
import { beMember, open, openWithNotice, type PageState, send, takeAddress } from "./page-state.ts";

const ACCOUNT = "/app/account";
const NEW_ADDRESS = "lovelace@example.com";
const SOME_SECRET = "a".repeat(40);

const PHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";

/** Signs Ada up and opens a page of her account. */
const asMember =
  (path: string, next: (page: Page, gatehouse: Gatehouse) => Promise<void> = async () => {}) =>
  async (page: Page, gatehouse: Gatehouse) => {
    await beMember(page, gatehouse);
    await page.goto(ACCOUNT + path);
    await next(page, gatehouse);
  };

/** Signs Ada up and opens a page of her account with a notice. */
const asMemberToldOf = (notice: string, path: string) => async (page: Page, gatehouse: Gatehouse) => {
  await beMember(page, gatehouse);
  await openWithNotice(notice, ACCOUNT + path)(page, gatehouse);
};

/** The pages of an account in all their states. */
export const ACCOUNT_STATES: readonly PageState[] = [
  { name: "account", status: 200, title: "Account", reach: withPhone("") },
  { name: "account-changed", status: 200, title: "Account", reach: asMemberToldOf("password-changed", "") },
  { name: "password", status: 200, title: "Change password", reach: asMember("/password") },
  { name: "password-errors", status: 422, title: "Error: Change password", reach: asMember("/password", send) },
  { name: "email", status: 200, title: "Change email", reach: asMember("/email") },
  {
    name: "email-password-asked",
    status: 422,
    title: "Error: Change email",
    reach: async (page, gatehouse) => {
      await beMember(page, gatehouse);
      await agePassword(page, gatehouse);
      await page.goto(`${ACCOUNT}/email`);
      await page.locator("#email").fill(NEW_ADDRESS);
      await send(page);
    },
  },
  {
    name: "email-sent",
    status: 200,
    title: "Check your email",
    reach: asMember("/email", async (page) => {
      await page.locator("#email").fill(NEW_ADDRESS);
      await send(page);
    }),
  },
  {
    name: "security",
    status: 200,
    title: "Security",
    reach: asMember("/email", async (page) => {
      await page.locator("#email").fill(NEW_ADDRESS);
      await send(page);
      await page.goto(`${ACCOUNT}/security`);
    }),
  },
  {
    name: "security-email-change-canceled",
    status: 200,
    title: "Security",
    reach: asMemberToldOf("email-change-canceled", "/security"),
  },
  { name: "data", status: 200, title: "Your data", reach: asMember("/data") },
  {
    name: "email-too-many-changes",
    status: 422,
    title: "Too many email changes",
    reach: async (page, gatehouse) => {
      await beMember(page, gatehouse);
      for (let number = 1; number <= 5; number += 1) {
        await gatehouse.database.execute(
          "insert into reserved_emails (email, user_id, created_at, expires_at) select ?, id, 1, ? from users",
          [`${number}@example.com`, Date.now() + 86_400_000],
        );
      }
      await page.goto(`${ACCOUNT}/email`);
      await page.locator("#email").fill(NEW_ADDRESS);
      await send(page);
    },
  },
  { name: "devices", status: 200, title: "Devices", reach: withPhone("/sessions") },
  { name: "devices-only-this", status: 200, title: "Devices", reach: asMember("/sessions") },
  { name: "devices-signed-out", status: 200, title: "Devices", reach: asMemberToldOf("others-ended", "/sessions") },
  {
    name: "devices-gone",
    status: 422,
    title: "Devices",
    reach: async (page, gatehouse) => {
      await withPhone("/sessions")(page, gatehouse);
      await page.locator("[name=session]").evaluate((input: HTMLInputElement) => {
        input.value = "0".repeat(64);
      });
      await page.locator(".rows button").click();
      await page.waitForLoadState();
    },
  },
  {
    name: "device-sign-out",
    status: 200,
    title: "Sign out the other device",
    reach: async (page, gatehouse) => {
      await withPhone("/sessions")(page, gatehouse);
      await agePassword(page, gatehouse);
      await page.locator(".rows button").click();
      await page.waitForLoadState();
    },
  },
  {
    name: "devices-sign-out-others",
    status: 422,
    title: "Error: Sign out all other devices",
    reach: async (page, gatehouse) => {
      await beMember(page, gatehouse);
      await agePassword(page, gatehouse);
      await page.goto(`${ACCOUNT}/sessions?end=others`);
      await send(page);
    },
  },
  {
    name: "activity",
    status: 200,
    title: "Activity",
    reach: async (page, gatehouse) => {
      const wrong = new URLSearchParams({ email: ADA.email, password: "not the password" });
      await beMember(page, gatehouse);
      for (let times = 0; times < 12; times += 1) await signIn(gatehouse);
      await gatehouse.settle();
      const stranger = gatehouse.browser();
      stranger.userAgent = PHONE;
      for (let tries = 0; tries < 3; tries += 1) await stranger.post("/auth/signin", wrong);
      await gatehouse.settle();
      await page.goto(`${ACCOUNT}/activity`);
    },
  },
  { name: "activity-oldest", status: 200, title: "Activity", reach: asMember("/activity?before=1.a") },
  { name: "delete", status: 200, title: "Delete account", reach: asMember("/delete") },
  { name: "delete-errors", status: 422, title: "Error: Delete account", reach: asMember("/delete", send) },
  { name: "confirm-email", status: 200, title: "Confirm your new email", reach: openConfirmLink },
  {
    name: "confirm-email-elsewhere",
    status: 422,
    title: "Error: Confirm your new email",
    reach: async (page, gatehouse) => {
      await openConfirmLink(page, gatehouse);
      await page.context().clearCookies();
      await page.reload();
      await send(page);
    },
  },
  {
    name: "confirm-email-taken",
    status: 422,
    title: "This email is already in use",
    reach: async (page, gatehouse) => {
      await openConfirmLink(page, gatehouse);
      await takeAddress(gatehouse, NEW_ADDRESS);
      await send(page);
    },
  },
  {
    name: "confirm-email-other-account",
    status: 409,
    title: "This link is for another account",
    reach: async (page, gatehouse) => {
      await openConfirmLink(page, gatehouse);
      const link = page.url();
      await page.context().clearCookies();
      await beMember(page, gatehouse, "bob@example.com");
      await page.goto(link);
    },
  },
  {
    name: "confirm-email-dead",
    status: 410,
    title: "This link no longer works",
    reach: open(`/auth/confirm-email/${SOME_SECRET}`),
  },
  {
    name: "undo-email",
    status: 200,
    title: "Undo the email change",
    reach: async (page, gatehouse) => {
      await openConfirmLink(page, gatehouse);
      await send(page);
      await page.goto(linkIn(await gatehouse.inbox.newest(ADA.email, 2), "/auth/undo-email/"));
    },
  },
  {
    name: "undo-email-dead",
    status: 410,
    title: "This link no longer works",
    reach: open(`/auth/undo-email/${SOME_SECRET}`),
  },
  {
    name: "too-many-passwords",
    status: 429,
    title: "Error: Sign in",
    reach: async (page, gatehouse) => {
      const wrong = new URLSearchParams({ email: ADA.email, password: "not the password" });
      for (let tries = 0; tries < 10; tries += 1) await gatehouse.browser().post("/auth/signin", wrong);
      await page.goto("/auth/signin");
      await page.locator("#email").fill(ADA.email);
      await page.locator("#password").fill(ADA.password);
      await send(page);
    },
  },
];

/** Signs Ada in here and on a phone, and opens a page of her account. */
function withPhone(path: string): (page: Page, gatehouse: Gatehouse) => Promise<void> {
  return async (page, gatehouse) => {
    await beMember(page, gatehouse);
    const phone = gatehouse.browser();
    phone.userAgent = PHONE;
    await phone.post("/auth/signin", new URLSearchParams(ADA.signin));
    await page.goto(ACCOUNT + path);
  };
}

async function openConfirmLink(page: Page, gatehouse: Gatehouse): Promise<void> {
  await beMember(page, gatehouse);
  // The code is issued after the response to the sign-up.
  const code = codeIn(await gatehouse.inbox.newest(ADA.email));
  await page.goto("/auth/verify-email");
  await page.locator("#code").pressSequentially(code);
  await page.locator("main button[type=submit]").first().click();
  await page.waitForURL("/app");
  await page.goto(`${ACCOUNT}/email`);
  await page.locator("#email").fill(NEW_ADDRESS);
  await send(page);
  await page.goto(linkIn(await gatehouse.inbox.newest(NEW_ADDRESS), "/auth/confirm-email/"));
}

/** Makes the password too old to count as entered recently. */
async function agePassword(page: Page, gatehouse: Gatehouse): Promise<void> {
  await page.waitForLoadState();
  await agePasswords(gatehouse);
}
