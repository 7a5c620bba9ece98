import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type WebAuthnCredential,
} from "@simplewebauthn/server";
import jsqr from "jsqr";
import type { Browser, BrowserContext, CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PasskeyRow } from "../../src/store/schema.ts";
import { createApp } from "../support/authenticator.ts";
import type { Browser as HttpBrowser } from "../support/browser.ts";
import { chromiumIsMissing, startHeadlessShell } from "../support/chromium.ts";
import { type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { codeIn } from "../support/inbox.ts";
import { passkeyOptions } from "../support/passkey.ts";
import { ADA } from "../support/people.ts";

/** Passkeys need a domain, so the Worker is reached at `localhost` through a proxy whose port is known before it starts. */
async function startProxy(target: () => string): Promise<{ server: Server; origin: string }> {
  const server = createServer((incoming, answer) => {
    const { method, url, headers } = incoming;
    const forwarded = request(new URL(url ?? "/", target()), { method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.rawHeaders);
      response.pipe(answer);
    });
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return { server, origin: `http://localhost:${(server.address() as AddressInfo).port}` };
}

describe.skipIf(chromiumIsMissing())("in Chromium with its virtual authenticator, the owner", () => {
  let gatehouse: Gatehouse;
  let proxy: Awaited<ReturnType<typeof startProxy>>;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let devtools: CDPSession;
  let authenticatorId: string;

  beforeAll(async () => {
    proxy = await startProxy(() => gatehouse.origin);
    gatehouse = await startGatehouse({ PUBLIC_ORIGIN: proxy.origin });
    browser = await startHeadlessShell();
    context = await browser.newContext();
    page = await context.newPage();
    // The virtual authenticator completes a request that waits for autofill at once, and would forestall the button.
    await page.addInitScript(() => {
      if (location.protocol !== "http:" || localStorage.getItem("autofill") === "on") return;
      PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false);
    });
    devtools = await context.newCDPSession(page);
    await devtools.send("WebAuthn.enable");
    const added = await devtools.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    ({ authenticatorId } = added);
  });
  afterAll(async () => {
    await context.close();
    await gatehouse.close();
    proxy.server.close();
  });

  const open = (path: string) => page.goto(proxy.origin + path);
  const press = async (name: string) => {
    await Promise.all([page.waitForNavigation(), page.getByRole("button", { name, exact: true }).click()]);
  };
  const path = () => new URL(page.url()).pathname;
  const setUserVerified = (isUserVerified: boolean) =>
    devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified });
  const setAutofill = (state: "on" | "off") =>
    page.evaluate((value) => {
      localStorage.setItem("autofill", value);
    }, state);

  test("adds a passkey, and signs in with it by the button and by autofill", async () => {
    await open("/auth/signup");
    await page.locator("[name=email]").fill(ADA.email);
    await page.locator("[name=password]").fill(ADA.password);
    await page.locator("[name=passwordConfirmation]").fill(ADA.password);
    await press("Create account");
    const code = codeIn(await gatehouse.inbox.newest(ADA.email));
    await open("/auth/verify-email");
    await page.locator("[name=code]").pressSequentially(code);
    await press("Verify");
    await open("/app/account/passkeys/new");
    await page.locator("[name=name]").fill("My laptop");
    await press("Create a passkey");
    expect(path()).toBe("/app/account/sign-in");
    expect(await page.locator("main").innerText()).toContain("My laptop");
    const { credentials } = await devtools.send("WebAuthn.getCredentials", { authenticatorId });
    expect(credentials).toMatchObject([{ isResidentCredential: true, rpId: "localhost" }]);

    // The same device has a passkey already.
    await open("/app/account/passkeys/new");
    await page.getByRole("button", { name: "Create a passkey" }).click();
    await page.getByText("This device already has a passkey for your account.").waitFor();

    await press("Sign out");
    expect(path()).toBe("/auth/signin");
    await press("Sign in with a passkey");
    expect(path()).toBe("/app");

    await setAutofill("on");
    await press("Sign out");
    await page.waitForURL(`${proxy.origin}/app`);
    await setAutofill("off");
  });

  test("is told what to do if the authenticator cannot check who they are", async () => {
    await press("Sign out");
    await setUserVerified(false);
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await page.getByText("That didn't work. Try again, or use another way.").waitFor();
    expect(path()).toBe("/auth/signin");
    await setUserVerified(true);
    await press("Sign in with a passkey");
    expect(path()).toBe("/app");
  });

  test("sets up an app from the QR code on the page, and confirms with a passkey", async () => {
    await open("/app/account/recovery-codes");
    await page.getByLabel("I saved these codes").check();
    await press("Continue");
    expect(path()).toBe("/app/account/authenticator");
    const picture = await page.locator(".qr").screenshot();
    const decoder = await context.newPage();
    const pixels = await decoder.evaluate(async (png) => {
      const image = new Image();
      image.src = `data:image/png;base64,${png}`;
      await image.decode();
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [image.width, image.height];
      const drawing = canvas.getContext("2d");
      drawing?.drawImage(image, 0, 0);
      return {
        width: image.width,
        height: image.height,
        data: [...(drawing?.getImageData(0, 0, image.width, image.height).data ?? [])],
      };
    }, picture.toString("base64"));
    await decoder.close();
    const uri = jsqr.default(Uint8ClampedArray.from(pixels.data), pixels.width, pixels.height)?.data ?? "";
    expect(uri).toMatch(/^otpauth:\/\/totp\/Gatehouse:ada%40example\.com\?secret=[A-Z2-7]{32}&issuer=Gatehouse$/);
    const app = createApp(new URL(uri).searchParams.get("secret") ?? "");
    await page.locator("[name=code]").pressSequentially(app.code());
    await press("Turn on");
    expect(await page.locator("main").innerText()).toContain("Two-step sign-in is on");

    await open("/app/account/two-step");
    await press("Use a passkey");
    expect(await page.locator("main").innerText()).toContain("Two-step sign-in is off");
  });

  test("turns the second step on with a passkey after saving recovery codes, and passes it with the passkey", async () => {
    await press("Sign out");
    const enterPassword = async () => {
      await open("/auth/signin");
      await page.locator("[name=email]").fill(ADA.email);
      await page.locator("[name=password]").fill(ADA.password);
      await press("Sign in");
    };
    await enterPassword();
    await open("/app/account/sign-in");
    // This session knows the password only, so the passkey has to show that it works.
    await press("Turn on");
    await press("Turn on");
    expect(path()).toBe("/app/account/recovery-codes");
    await page.getByLabel("I saved these codes").check();
    await press("Continue");
    expect(await page.locator("main").innerText()).toContain("Your recovery codes are saved. Now turn on");
    await press("Turn on");
    expect(await page.locator("main").innerText()).toContain("Two-step sign-in is on");

    await press("Sign out");
    await enterPassword();
    expect(path()).toBe("/auth/second-step");
    expect(await page.locator("main").innerText()).toContain("When you press the button, we ask for your passkey.");
    await press("Sign in");
    expect(path()).toBe("/app");
    await open("/app/account/two-step");
    await press("Use a passkey");
    expect(await page.locator("main").innerText()).toContain("Two-step sign-in is off");
  });

  const credentials = async () =>
    (await devtools.send("WebAuthn.getCredentials", { authenticatorId })).credentials.map(({ userName }) => userName);
  const removeRows = () => gatehouse.database.execute("delete from passkeys");

  test("has a passkey deleted from the device that was removed from the account", async () => {
    await removeRows();
    await press("Sign out");
    expect(await credentials()).toEqual([ADA.email]);
    await press("Sign in with a passkey");
    expect(await page.locator("main").innerText()).toContain("didn't sign you in");
    await expect.poll(credentials).toEqual([]);
  });

  test("signs up with a passkey alone, and keeps it until it is removed", async () => {
    const email = "grace@example.com";
    await open("/auth/signup");
    await page.locator("[name=email]").fill(email);
    await press("Sign up with a passkey instead");
    await press("Create a passkey");
    expect(path()).toBe("/app/account/sign-in");
    expect(await credentials()).toEqual([email]);
    await press("Sign out");
    await press("Sign in with a passkey");
    expect(path()).toBe("/app");
    await gatehouse.database.execute("update users set email = 'g@example.com' where email = ?", [email]);
    for (const key of await gatehouse.redis.keys("person:*")) await gatehouse.redis.hdel(key, "user");
    await open("/app/account/sign-in");
    await expect.poll(credentials).toEqual(["g@example.com"]);
    await removeRows();
    await page.reload();
    await expect.poll(credentials).toEqual([]);
  });

  describe("with authenticators of every kind,", () => {
    const CREATE = "/app/account/passkeys";
    type Options = Parameters<typeof devtools.send<"WebAuthn.addVirtualAuthenticator">>[1] extends
      | { options: infer O }
      | undefined
      ? O
      : never;
    const GOOD: Options = {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    };
    let owner: HttpBrowser;

    beforeAll(async () => {
      await gatehouse.reset();
      owner = gatehouse.browser(proxy.origin);
      await owner.post("/auth/signup", new URLSearchParams(ADA.signup));
      // Any page of the origin will do. It has no script that asks for a passkey by itself.
      await open("/auth/forgot-password");
      await devtools.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId });
    });

    /** Calls the browser's API as the script does. Resolves to the JSON, or the name of the error. */
    const askBrowser = (options: string) =>
      page.evaluate(async (text) => {
        const parsed = JSON.parse(text);
        try {
          const credential = parsed.rp
            ? await navigator.credentials.create({
                publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(parsed),
              })
            : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(parsed) });
          return JSON.stringify(credential);
        } catch (error) {
          return (error as Error).name;
        }
      }, options);
    const withAuthenticator = async (options: Options, use: (id: string) => Promise<void>) => {
      const added = await devtools.send("WebAuthn.addVirtualAuthenticator", { options });
      try {
        await use(added.authenticatorId);
      } finally {
        await devtools.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: added.authenticatorId });
      }
    };
    const expectation = (options: string) => ({
      expectedChallenge: String(JSON.parse(options).challenge),
      expectedOrigin: proxy.origin,
      expectedRPID: "localhost",
    });
    /** Adds a passkey, by the verdict of the service and of an independent implementation. */
    const create = async () => {
      const form = await owner.open(`${CREATE}/new`);
      const options = passkeyOptions(form, CREATE);
      const credential = await askBrowser(options);
      const response = JSON.parse(credential);
      const oracle = await verifyRegistrationResponse({ response, ...expectation(options) });
      const { status } = await owner.submit(form, CREATE, { credential });
      if (oracle.registrationInfo === undefined) throw new Error("The oracle refuses it");
      return { status, oracle: oracle.registrationInfo };
    };
    const signIn = async (credential: WebAuthnCredential) => {
      const visitor = gatehouse.browser(proxy.origin);
      const form = await visitor.open("/auth/signin");
      const options = passkeyOptions(form, "/auth/passkey");
      const sent = await askBrowser(options);
      const { status } = await visitor.submit(form, "/auth/passkey", { credential: sent });
      const response = JSON.parse(sent);
      const verdict = await verifyAuthenticationResponse({ response, ...expectation(options), credential })
        .then(({ verified }) => verified)
        .catch(() => false);
      return { status, verdict };
    };

    const TRANSPORTS = ["internal", "usb", "nfc", "ble", "hybrid"] as const;
    const BACKUP = [
      [false, false],
      [true, false],
      [true, true],
    ] as const;

    test("the service and an independent implementation accept every transport and state of backup", async () => {
      for (const transport of TRANSPORTS) {
        for (const [defaultBackupEligibility, defaultBackupState] of BACKUP) {
          const options = { ...GOOD, transport, defaultBackupEligibility, defaultBackupState };
          await withAuthenticator(options as Options, async () => {
            const { status, oracle } = await create();
            const { rows } = await gatehouse.database.execute<PasskeyRow>("select * from passkeys");
            const row = rows.find(({ credential_id }) => credential_id === oracle.credential.id);
            // Chromium says that a phone is reached by Bluetooth as well.
            const sent = row?.transports.split(",").includes(transport);
            const stored = [Boolean(row?.backup_eligible), Boolean(row?.backed_up), sent];
            expect([transport, status, stored]).toEqual([
              transport,
              303,
              [defaultBackupEligibility, defaultBackupState, true],
            ]);
            expect(await signIn(oracle.credential)).toEqual({ status: 303, verdict: true });
          });
        }
      }
    });

    test("both refuse an answer without presence or verification of the user, or with a wrong signature", async () => {
      await gatehouse.database.execute("delete from passkeys");
      for (const bits of [{ isBadUP: true }, { isBadUV: true }, { isBogusSignature: true }]) {
        await withAuthenticator(GOOD, async (id) => {
          const { oracle } = await create();
          await devtools.send("WebAuthn.setResponseOverrideBits", { authenticatorId: id, ...bits });
          expect([bits, await signIn(oracle.credential)]).toEqual([bits, { status: 401, verdict: false }]);
        });
      }
    });

    test("the browser refuses those that hold no passkey or cannot verify their user", async () => {
      const options = passkeyOptions(await owner.open(`${CREATE}/new`), CREATE);
      for (const weak of [
        { ...GOOD, protocol: "u2f", transport: "usb", hasResidentKey: false, hasUserVerification: false },
        { ...GOOD, hasUserVerification: false, isUserVerified: false },
        { ...GOOD, hasResidentKey: false },
      ] as const) {
        await withAuthenticator(weak, async () => {
          expect([weak, await askBrowser(options)]).toEqual([weak, "NotAllowedError"]);
        });
      }
    });
  });
});
