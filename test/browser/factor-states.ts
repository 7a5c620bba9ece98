import { createApp, signUpVerified, turnOnSecondStep } from "../support/authenticator.ts";
import type { Browser, Page } from "../support/browser.ts";
import type { Gatehouse } from "../support/gatehouse.ts";
import { Authenticator, addPasskey } from "../support/passkey.ts";
import { ADA, signIn } from "../support/people.ts";
import { ageProofs } from "../support/stored.ts";
import { open, openWithNotice, type PageState, send, visit } from "./page-state.ts";

const ACCOUNT = "/app/account";
const METHODS = `${ACCOUNT}/sign-in`;
const SECOND_STEP = "/auth/second-step";

type Reach = PageState["reach"];

/** Takes the session of an account that was set up in a browser without a language. */
function continueIn(browser: Browser, owner: Browser): void {
  for (const [name, value] of owner.cookies) browser.cookies.set(name, value);
}

/** Ada has a verified email, and opens a page. */
const asOwner =
  (path: string, prepare: (owner: Browser, gatehouse: Gatehouse) => Promise<unknown> = async () => {}): Reach =>
  async (browser, gatehouse) => {
    const owner = await signUpVerified(gatehouse);
    await prepare(owner, gatehouse);
    continueIn(browser, owner);
    return visit(browser, path);
  };

/** Ada has everything: a passkey with a long name, an app, codes, and a remembered phone. */
async function protect(owner: Browser, gatehouse: Gatehouse): Promise<void> {
  await addPasskey(owner, new Authenticator(), "The security key in the second drawer of my desk at home");
  const app = await turnOnSecondStep(gatehouse, owner);
  const phone = await signIn(gatehouse);
  await phone.post(SECOND_STEP, new URLSearchParams({ code: app.code(), remember: "yes" }));
}
const asProtected = (path: string) => asOwner(path, protect);
const asAbsent = (path: string) =>
  asOwner(path, async (owner, gatehouse) => {
    await protect(owner, gatehouse);
    await ageProofs(gatehouse, owner);
  });
const asFactorless =
  (path: string, isLongAgo: boolean): Reach =>
  async (browser, gatehouse) => {
    await browser.post("/auth/signup", new URLSearchParams({ email: ADA.email, with: "passkey" }));
    await gatehouse.settle();
    if (isLongAgo) await ageProofs(gatehouse, browser);
    return visit(browser, path);
  };
/** Ada has a passkey that this session has not used lately. */
const withOldPasskey = async (owner: Browser, gatehouse: Gatehouse) => {
  await addPasskey(owner);
  await ageProofs(gatehouse, owner);
};
const thenSends =
  (reach: Reach, typed: Readonly<Record<string, string>> = {}): Reach =>
  async (browser, gatehouse) =>
    send(browser, await reach(browser, gatehouse), typed);

async function openPasskey(browser: Browser, gatehouse: Gatehouse): Promise<Page> {
  const methods = await asProtected(METHODS)(browser, gatehouse);
  return visit(browser, methods.links().find((path) => /passkeys\/[0-9a-f]{64}$/.test(path)) ?? "");
}

async function setUpApp(browser: Browser, gatehouse: Gatehouse): Promise<Page> {
  const codes = await asOwner(`${ACCOUNT}/recovery-codes`)(browser, gatehouse);
  return send(browser, codes, { saved: "yes" });
}

/** Ada has entered her password. */
const halfway =
  (path: string): Reach =>
  async (browser, gatehouse) => {
    await protect(await signUpVerified(gatehouse), gatehouse);
    await browser.post("/auth/signin", new URLSearchParams(ADA.signin));
    return visit(browser, path);
  };

/** A code that no app shows for this account: one of another secret. */
const WRONG_CODE = createApp("A".repeat(32)).code();

/** The pages of passkeys and second factors in all their states. */
export const FACTOR_STATES: readonly PageState[] = [
  { name: "methods", status: 200, title: "How you sign in", reach: asOwner(METHODS) },
  { name: "methods-all", status: 200, title: "How you sign in", reach: asProtected(METHODS) },
  {
    name: "methods-two-step-on",
    status: 200,
    title: "How you sign in",
    reach: async (browser, gatehouse) => {
      await asOwner(METHODS)(browser, gatehouse);
      return openWithNotice("two-step-on", METHODS)(browser);
    },
  },
  { name: "confirm", status: 200, title: "Confirm it's you", reach: asAbsent(`${ACCOUNT}/confirm`) },
  {
    name: "confirm-errors",
    status: 422,
    title: "Error: Confirm it's you",
    reach: thenSends(asAbsent(`${ACCOUNT}/confirm`)),
  },
  {
    name: "confirm-mailed-code",
    status: 200,
    title: "Confirm it's you",
    reach: asFactorless(`${ACCOUNT}/confirm`, true),
  },
  {
    name: "confirm-mailed-code-sent",
    status: 422,
    title: "Error: Confirm it's you",
    reach: async (browser, gatehouse) => {
      const page = await asFactorless(`${ACCOUNT}/confirm`, true)(browser, gatehouse);
      return send(browser, await send(browser, page), { mailedCode: "1" });
    },
  },
  { name: "passkey-first", status: 200, title: "Add a passkey", reach: asFactorless(`${ACCOUNT}/passkeys/new`, false) },
  { name: "passkey-new", status: 200, title: "Add a passkey", reach: asOwner(`${ACCOUNT}/passkeys/new`) },
  {
    name: "passkey-new-missing",
    status: 422,
    title: "Error: Add a passkey",
    reach: thenSends(asOwner(`${ACCOUNT}/passkeys/new`)),
  },
  { name: "passkey-manage", status: 200, title: "Your passkey", reach: openPasskey },
  {
    name: "passkey-manage-errors",
    status: 422,
    title: "Error: Your passkey",
    reach: thenSends(openPasskey, { name: "" }),
  },
  { name: "recovery-codes", status: 200, title: "Recovery codes", reach: asProtected(`${ACCOUNT}/recovery-codes`) },
  {
    name: "recovery-codes-not-saved",
    status: 422,
    title: "Error: Recovery codes",
    reach: thenSends(asOwner(`${ACCOUNT}/recovery-codes`)),
  },
  { name: "app-set-up", status: 200, title: "Authenticator app", reach: setUpApp },
  {
    name: "app-wrong-code",
    status: 401,
    title: "Error: Authenticator app",
    reach: thenSends(setUpApp, { code: WRONG_CODE }),
  },
  { name: "app", status: 200, title: "Authenticator app", reach: asProtected(`${ACCOUNT}/authenticator`) },
  { name: "two-step-off", status: 200, title: "Turn off two-step sign-in", reach: asProtected(`${ACCOUNT}/two-step`) },
  {
    name: "two-step-on-asked",
    status: 200,
    title: "Turn on two-step sign-in",
    reach: asOwner(`${ACCOUNT}/two-step`, withOldPasskey),
  },
  {
    name: "two-step-on",
    status: 200,
    title: "Turn on two-step sign-in",
    reach: async (browser, gatehouse) => {
      const codes = `${ACCOUNT}/recovery-codes?redirectTo=${encodeURIComponent(`${ACCOUNT}/two-step`)}`;
      return send(browser, await asOwner(codes, (owner) => addPasskey(owner))(browser, gatehouse), { saved: "yes" });
    },
  },
  {
    name: "forget-device",
    status: 200,
    title: "Forget the device",
    reach: async (browser, gatehouse) => {
      const page = await asAbsent(METHODS)(browser, gatehouse);
      return browser.submit(page, `${ACCOUNT}/trusted-devices/forget`);
    },
  },
  {
    name: "data-confirmed",
    status: 200,
    title: "Your data",
    reach: async (browser, gatehouse) => {
      await asOwner(METHODS)(browser, gatehouse);
      return openWithNotice("confirmed", `${ACCOUNT}/data`)(browser);
    },
  },
  { name: "passkey", status: 200, title: "Sign in with a passkey", reach: open("/auth/passkey") },
  {
    name: "passkey-missing",
    status: 422,
    title: "Error: Sign in with a passkey",
    reach: async (browser) => send(browser, await visit(browser, "/auth/passkey")),
  },
  { name: "second-step", status: 200, title: "Confirm it's you", reach: halfway(SECOND_STEP) },
  {
    name: "second-step-wrong",
    status: 401,
    title: "Error: Confirm it's you",
    reach: thenSends(halfway(SECOND_STEP), { code: WRONG_CODE }),
  },
  { name: "recovery", status: 200, title: "Use a recovery code", reach: halfway(`${SECOND_STEP}/recovery`) },
  {
    name: "recovery-wrong",
    status: 401,
    title: "Error: Use a recovery code",
    reach: thenSends(halfway(`${SECOND_STEP}/recovery`), { recoveryCode: "0".repeat(24) }),
  },
];
