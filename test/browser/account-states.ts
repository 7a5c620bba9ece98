import type { Browser, Page } from "../support/browser.ts";
import type { Gatehouse } from "../support/gatehouse.ts";
import { codeIn, linkIn } from "../support/inbox.ts";
import { ADA, signIn } from "../support/people.ts";
import { agePasswords } from "../support/stored.ts";
import { beMember, open, openWithNotice, type PageState, send, takeAddress, visit } from "./page-state.ts";

const ACCOUNT = "/app/account";
const NEW_ADDRESS = "lovelace@example.com";
const SOME_SECRET = "a".repeat(40);

const PHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";

/** Signs Ada up and opens a page of her account. */
const asMember =
  (path: string, next: (browser: Browser, page: Page) => Promise<Page> = async (_, page) => page) =>
  async (browser: Browser) => {
    await beMember(browser);
    return next(browser, await visit(browser, ACCOUNT + path));
  };

/** Signs Ada up and opens a page of her account with a notice. */
const asMemberToldOf = (notice: string, path: string) => async (browser: Browser) => {
  await beMember(browser);
  return openWithNotice(notice, ACCOUNT + path)(browser);
};

const askForChange = async (browser: Browser, page: Page) => send(browser, page, { email: NEW_ADDRESS });

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
    reach: async (browser, gatehouse) => {
      await beMember(browser);
      await agePasswords(gatehouse);
      return askForChange(browser, await visit(browser, `${ACCOUNT}/email`));
    },
  },
  {
    name: "email-sent",
    status: 200,
    title: "Check your email",
    reach: asMember("/email", askForChange),
  },
  {
    name: "security",
    status: 200,
    title: "Security",
    reach: asMember("/email", async (browser, page) => {
      await askForChange(browser, page);
      return visit(browser, `${ACCOUNT}/security`);
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
    reach: async (browser, gatehouse) => {
      await beMember(browser);
      for (let number = 1; number <= 5; number += 1) {
        await gatehouse.database.execute(
          "insert into reserved_emails (email, user_id, created_at, expires_at) select ?, id, 1, ? from users",
          [`${number}@example.com`, Date.now() + 86_400_000],
        );
      }
      return askForChange(browser, await visit(browser, `${ACCOUNT}/email`));
    },
  },
  {
    name: "email-undoable",
    status: 200,
    title: "Change email",
    reach: async (browser, gatehouse) => {
      await beMember(browser);
      await gatehouse.database.execute(
        "insert into reserved_emails (email, user_id, created_at, expires_at) select 'former@example.com', id, 1, ? from users",
        [Date.now() + 86_400_000],
      );
      return visit(browser, `${ACCOUNT}/email`);
    },
  },
  {
    name: "email-final-asked",
    status: 422,
    title: "Error: Make the email change final",
    reach: async (browser) => {
      await beMember(browser);
      return browser.post(
        `${ACCOUNT}/email/final`,
        new URLSearchParams({ email: "former@example.com", currentPassword: "" }),
      );
    },
  },
  { name: "devices", status: 200, title: "Devices", reach: withPhone("/sessions") },
  { name: "devices-only-this", status: 200, title: "Devices", reach: asMember("/sessions") },
  { name: "devices-signed-out", status: 200, title: "Devices", reach: asMemberToldOf("others-ended", "/sessions") },
  {
    name: "devices-gone",
    status: 422,
    title: "Devices",
    reach: async (browser, gatehouse) => {
      const page = await withPhone("/sessions")(browser, gatehouse);
      return send(browser, page, { session: "0".repeat(64) });
    },
  },
  {
    name: "device-sign-out",
    status: 200,
    title: "Sign out the other device",
    reach: async (browser, gatehouse) => {
      const page = await withPhone("/sessions")(browser, gatehouse);
      await agePasswords(gatehouse);
      return send(browser, page);
    },
  },
  {
    name: "devices-sign-out-others",
    status: 422,
    title: "Error: Sign out all other devices",
    reach: async (browser, gatehouse) => {
      await beMember(browser);
      await agePasswords(gatehouse);
      return send(browser, await visit(browser, `${ACCOUNT}/sessions?end=others`));
    },
  },
  {
    name: "activity",
    status: 200,
    title: "Activity",
    reach: async (browser, gatehouse) => {
      const wrong = new URLSearchParams({ email: ADA.email, password: "not the password" });
      await beMember(browser);
      for (let times = 0; times < 12; times += 1) await signIn(gatehouse);
      await gatehouse.settle();
      const stranger = gatehouse.browser();
      stranger.userAgent = PHONE;
      for (let tries = 0; tries < 3; tries += 1) await stranger.post("/auth/signin", wrong);
      await gatehouse.settle();
      return visit(browser, `${ACCOUNT}/activity`);
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
    reach: async (browser, gatehouse) => {
      const { url } = await openConfirmLink(browser, gatehouse);
      browser.cookies.delete("gatehouse");
      return send(browser, await visit(browser, url));
    },
  },
  {
    name: "confirm-email-taken",
    status: 422,
    title: "This email is already in use",
    reach: async (browser, gatehouse) => {
      const page = await openConfirmLink(browser, gatehouse);
      await takeAddress(gatehouse, NEW_ADDRESS);
      return send(browser, page);
    },
  },
  {
    name: "confirm-email-other-account",
    status: 409,
    title: "This link is for another account",
    reach: async (browser, gatehouse) => {
      const { url } = await openConfirmLink(browser, gatehouse);
      browser.cookies.clear();
      await beMember(browser, "bob@example.com");
      return visit(browser, url);
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
    reach: async (browser, gatehouse) => {
      await send(browser, await openConfirmLink(browser, gatehouse));
      return visit(browser, linkIn(await gatehouse.inbox.newest(ADA.email, 2), "/auth/undo-email/"));
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
    reach: async (browser, gatehouse) => {
      const wrong = new URLSearchParams({ email: ADA.email, password: "not the password" });
      for (let tries = 0; tries < 10; tries += 1) await gatehouse.browser().post("/auth/signin", wrong);
      return send(browser, await visit(browser, "/auth/signin"), ADA.signin);
    },
  },
];

/** Signs Ada in here and on a phone, and opens a page of her account. */
function withPhone(path: string): (browser: Browser, gatehouse: Gatehouse) => Promise<Page> {
  return async (browser, gatehouse) => {
    await beMember(browser);
    const phone = gatehouse.browser();
    phone.userAgent = PHONE;
    await phone.post("/auth/signin", new URLSearchParams(ADA.signin));
    return visit(browser, ACCOUNT + path);
  };
}

async function openConfirmLink(browser: Browser, gatehouse: Gatehouse): Promise<Page> {
  await beMember(browser);
  // The code is issued after the response to the sign-up.
  const code = codeIn(await gatehouse.inbox.newest(ADA.email));
  await send(browser, await visit(browser, "/auth/verify-email"), { code });
  const form = await visit(browser, `${ACCOUNT}/email`);
  await send(browser, form, { email: NEW_ADDRESS });
  return visit(browser, linkIn(await gatehouse.inbox.newest(NEW_ADDRESS), "/auth/confirm-email/"));
}
