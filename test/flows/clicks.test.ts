import { readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createApp, signUpVerified as signUpWithVerifiedEmail, turnOnSecondStep } from "../support/authenticator.ts";
import type { Browser, Page } from "../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { codeIn, linkIn } from "../support/inbox.ts";
import { Authenticator, addPasskey, passkeyOptions } from "../support/passkey.ts";
import { ADA, signIn, signUp } from "../support/people.ts";
import { agePassword } from "../support/stored.ts";

const ACCOUNT = "/app/account";
const PASSKEYS = "/app/account/passkeys";
const NEW_EMAIL = "lovelace@example.com";
const FRESH = { password: "difference engine 1822", passwordConfirmation: "difference engine 1822" };
const CURRENT = { currentPassword: ADA.password };

/** A person who counts the links and buttons that they use. Redirects are followed. */
class Person {
  clicks = 0;
  page: Page;
  readonly browser: Browser;

  constructor(browser: Browser, page: Page) {
    this.browser = browser;
    this.page = page;
  }

  /** Follows a link of the page, or of an email if it is a path. */
  async follow(link: string): Promise<void> {
    this.clicks += 1;
    await this.#show(await this.browser.open(link.startsWith("/") ? link : this.page.link(link)));
  }

  async press(label: string, typed: Readonly<Record<string, string>> = {}): Promise<void> {
    this.clicks += 1;
    await this.#show(await this.browser.press(this.page, label, typed));
  }

  async #show(page: Page): Promise<void> {
    this.page = page.location === null ? page : await this.browser.follow(page);
    if (this.page.location !== null) await this.#show(this.page);
  }
}

describe.skipIf(enginesAreMissing())("the clicks that docs/clicks.md counts:", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const startAt = async (browser: Browser, path: string) => new Person(browser, await browser.open(path));
  /** The link to `path` in the newest message that has one. */
  const mailed = async (email: string, path: string) => {
    const find = async () => (await gatehouse.inbox.at(email)).find(({ text }) => text.includes(path));
    await expect.poll(find).toBeDefined();
    const mail = await find();
    if (mail === undefined) throw new Error(`No message with ${path}`);
    return linkIn(mail, path);
  };

  /** Signs Ada up, with a verified email, and signs her in on a phone. Returns the browser on her laptop. */
  const signUpVerified = async (isLate: boolean): Promise<Browser> => {
    const browser = await signUp(gatehouse);
    const code = codeIn(await gatehouse.inbox.newest(ADA.email));
    await browser.post("/auth/verify-email", new URLSearchParams({ code }));
    const laptop = await signIn(gatehouse);
    await browser.post("/auth/signout", new URLSearchParams());
    await signIn(gatehouse);
    await gatehouse.settle();
    if (isLate) await agePassword(gatehouse, laptop);
    return laptop;
  };
  const asOwner = (path: string, walk: (person: Person) => Promise<void>) => async (isLate: boolean) => {
    const person = await startAt(await signUpVerified(isLate), path);
    await walk(person);
    return person;
  };
  const asVisitor = (path: string, walk: (person: Person) => Promise<void>) => async () => {
    const person = await startAt(gatehouse.browser(), path);
    await walk(person);
    return person;
  };
  /** The password, if the page asks for it. */
  const asked = ({ page }: Person) => (page.hasField("currentPassword") ? CURRENT : {});
  /** Confirms who they are, if the page asks for it. */
  const confirm = async (person: Person) => {
    if (person.page.hasField("currentPassword")) await person.press("Continue", CURRENT);
  };
  const openMethods = async (person: Person) => {
    await person.follow("Security");
    await person.follow("Manage: Passkeys and two-step sign-in");
  };
  const chooseAndSignIn = async (person: Person) => {
    await person.press("Change password", FRESH);
    await person.press("Sign in", { email: ADA.email, password: FRESH.password });
    expect(person.page.url).toMatch(/\/app$/);
  };

  /** Walks each flow of the table, and checks at its end that it has succeeded. */
  const FLOWS: Readonly<Record<string, (isLate: boolean) => Promise<Person>>> = {
    "create an account, and verify the email by its code": asVisitor("/", async (person) => {
      await person.follow("Create an account");
      await person.press("Create account", ADA.signup);
      const code = codeIn(await gatehouse.inbox.newest(ADA.email));
      await person.follow("Enter the code");
      await person.press("Verify", { code });
      expect(person.page.text).toContain("Your email is verified.");
    }),
    "sign in": asVisitor("/", async (person) => {
      await signUp(gatehouse);
      await person.follow("Sign in");
      await person.press("Sign in", ADA.signin);
      expect(person.page.text).toContain(ADA.email);
    }),
    "sign up with a passkey": asVisitor("/", async (person) => {
      await person.follow("Create an account");
      await person.press("Sign up with a passkey instead", { email: ADA.email });
      const credential = new Authenticator().create(passkeyOptions(person.page, PASSKEYS));
      await person.press("Create a passkey", { credential });
      expect(person.page.text).toContain("The passkey was added");
    }),
    "sign in with a passkey": asVisitor("/", async (person) => {
      const authenticator = await addPasskey(await signUp(gatehouse));
      await person.follow("Sign in");
      const credential = authenticator.get(passkeyOptions(person.page, "/auth/passkey"));
      await person.press("Sign in with a passkey", { credential });
      expect(person.page.text).toContain(ADA.email);
    }),
    "sign in with a code of the app": asVisitor("/", async (person) => {
      const app = await turnOnSecondStep(gatehouse, await signUpWithVerifiedEmail(gatehouse));
      await person.follow("Sign in");
      await person.press("Sign in", ADA.signin);
      await person.press("Sign in", { code: app.code() });
      expect(person.page.text).toContain(ADA.email);
    }),
    "add a passkey": asOwner(ACCOUNT, async (person) => {
      await openMethods(person);
      await person.follow("Add a passkey");
      await confirm(person);
      const credential = new Authenticator().create(passkeyOptions(person.page, PASSKEYS));
      await person.press("Create a passkey", { credential });
      expect(person.page.text).toContain("The passkey was added");
    }),
    "set up an authenticator app, with recovery codes": asOwner(ACCOUNT, async (person) => {
      await openMethods(person);
      await person.follow("Set up: Authenticator app");
      await confirm(person);
      await person.press("Continue", { saved: "yes" });
      const { code } = createApp(person.page.texts("main p code")[0]?.replaceAll(" ", "") ?? "");
      await person.press("Turn on", { code: code() });
      expect(person.page.text).toContain("Two-step sign-in is on");
    }),
    "sign out": asOwner(`${ACCOUNT}/activity`, async (person) => {
      await person.press("Sign out");
      expect(person.page.text).toContain("You were signed out.");
    }),
    "get another code": async (isLate) => {
      const browser = await signUp(gatehouse);
      await gatehouse.inbox.newest(ADA.email);
      if (isLate) await agePassword(gatehouse, browser);
      const person = await startAt(browser, "/auth/verify-email");
      await person.press("Send a new code");
      expect(person.page.text).toContain("We sent a new code");
      return person;
    },
    "choose a new password for a forgotten one, and sign in": asVisitor("/auth/signin", async (person) => {
      await signUp(gatehouse);
      await person.follow("Forgot your password?");
      await person.press("Send link", { email: ADA.email });
      await person.follow(await mailed(ADA.email, "/auth/reset-password/"));
      await chooseAndSignIn(person);
    }),
    "choose a new password while the sign-in is paused, and sign in": async () => {
      await signUp(gatehouse);
      const wrong = new URLSearchParams({ email: ADA.email, password: "not the password" });
      for (let attempts = 0; attempts < 10; attempts += 1) await gatehouse.browser().post("/auth/signin", wrong);
      const browser = gatehouse.browser();
      const person = new Person(browser, await browser.post("/auth/signin", wrong));
      await person.press("Email me a reset link");
      await person.follow(await mailed(ADA.email, "/auth/reset-password/"));
      await chooseAndSignIn(person);
      return person;
    },
    "change the password": asOwner(ACCOUNT, async (person) => {
      await person.follow("Change: Password");
      await person.press("Change password", { ...CURRENT, ...FRESH });
      expect(person.page.text).toContain("Your password was changed.");
    }),
    "change the email, and confirm it": asOwner(ACCOUNT, async (person) => {
      await person.follow("Change: Email");
      await person.press("Send link", { email: NEW_EMAIL, ...asked(person) });
      await person.follow(await mailed(NEW_EMAIL, "/auth/confirm-email/"));
      await person.press("Confirm");
      expect(person.page.text).toContain("Your email was changed.");
    }),
    "cancel a change of the email": async (isLate) => {
      const browser = await signUpVerified(isLate);
      await browser.post(`${ACCOUNT}/email`, new URLSearchParams({ email: NEW_EMAIL, ...CURRENT }));
      const person = await startAt(browser, ACCOUNT);
      await person.follow("Security");
      await person.press("Cancel change");
      expect(person.page.text).toContain("The email change was canceled.");
      return person;
    },
    "undo a change of the email, and choose a new password": async () => {
      const browser = await signUpVerified(false);
      await browser.post(`${ACCOUNT}/email`, new URLSearchParams({ email: NEW_EMAIL }));
      await browser.post(await mailed(NEW_EMAIL, "/auth/confirm-email/"), new URLSearchParams());
      const person = new Person(gatehouse.browser(), await browser.open("/auth/signin"));
      await person.follow(await mailed(ADA.email, "/auth/undo-email/"));
      await person.press("Undo the change");
      await person.press("Change password", FRESH);
      expect(person.page.text).toContain("Your password was changed");
      return person;
    },
    "sign out one other device": asOwner(ACCOUNT, async (person) => {
      await person.press("Sign out: Unknown device");
      if (person.page.hasField("currentPassword")) await person.press("Sign out the other device", CURRENT);
      expect(person.page.text).toContain("The device was signed out.");
    }),
    "sign out all other devices": asOwner(ACCOUNT, async (person) => {
      await person.follow("Security");
      await person.follow("Sign out: All other devices");
      await person.press("Sign out all other devices", asked(person));
      expect(person.page.text).toContain("All other devices were signed out.");
    }),
    "see what happened in the account": asOwner(ACCOUNT, async (person) => {
      await person.follow("Activity");
      expect(person.page.text).toContain("Signed in");
    }),
    "download all data": asOwner(ACCOUNT, async (person) => {
      await person.follow("Download: Download a copy");
      if (person.page.hasField("currentPassword")) {
        await confirm(person);
        await person.follow("Download: Download a copy");
      }
      expect(person.page.body).toContain(`"email": "${ADA.email}"`);
    }),
    "delete the account": asOwner(ACCOUNT, async (person) => {
      await person.follow("Delete: Delete account");
      await person.press("Delete my account", { ...CURRENT, confirmation: "yes" });
      expect(person.page.title).toContain("Your account was deleted");
    }),
  };

  const text = readFileSync(new URL("../../docs/clicks.md", import.meta.url), "utf8");
  const rows = [...text.matchAll(/^\| ([^|]+) \| [^|]+ \| (\d+) \| (\d*) ?\|$/gm)].map(
    ([, flow = "", lately = "", later = ""]) => [flow, lately, later] as const,
  );

  test("it counts every flow", () => {
    expect(rows.map(([flow]) => flow)).toEqual(Object.keys(FLOWS));
  });

  test.each(rows)("to %s: %s", async (flow, lately, later) => {
    const walk = FLOWS[flow];
    if (walk === undefined) throw new Error(`Nobody walks "${flow}"`);
    expect((await walk(false)).clicks).toBe(Number(lately));
    if (later === "") return;
    await gatehouse.reset();
    expect((await walk(true)).clicks).toBe(Number(later));
  });
});
