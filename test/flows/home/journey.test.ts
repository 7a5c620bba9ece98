import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../../support/gatehouse.ts";
import { ADA, signUp } from "../../support/people.ts";

describe.skipIf(enginesAreMissing())("a person's way through", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  test("sign-up → /app → sign-out → sign-in → /app, by the links and forms as rendered", async () => {
    const browser = gatehouse.browser();
    const home = await browser.open("/");
    expect(home.links()).toEqual(["/auth/signup", "/auth/signin"]);

    const signedUp = await browser.submit(await browser.open("/auth/signup"), "/auth/signup", ADA.signup);
    expect([signedUp.status, signedUp.location]).toEqual([303, "/app"]);
    const app = await browser.follow(signedUp);
    expect(app.status).toBe(200);
    expect(app.text).toContain(ADA.email);

    const signedOut = await browser.submit(app, "/auth/signout");
    expect([signedOut.status, signedOut.location]).toEqual([303, "/auth/signin"]);
    expect(browser.cookies.has("gatehouse")).toBe(false);
    expect((await browser.follow(signedOut)).text).toContain("You were signed out.");
    const turnedAway = await browser.open("/app");
    expect([turnedAway.status, turnedAway.location]).toEqual([303, "/auth/signin?redirectTo=%2Fapp"]);

    const signin = await browser.follow(turnedAway);
    expect(signin.text).not.toContain("You were signed out");
    const signedIn = await browser.submit(signin, "/auth/signin", ADA.signin);
    expect([signedIn.status, signedIn.location]).toEqual([303, "/app"]);
    expect((await browser.follow(signedIn)).text).toContain(ADA.email);
  });

  test("a signed-in person is redirected from /, sign-in and sign-up to /app", async () => {
    const browser = await signUp(gatehouse);
    const home = await browser.open("/");
    expect([home.status, home.location]).toEqual([303, "/app"]);
    for (const path of ["/auth/signin", "/auth/signup"]) {
      expect((await browser.open(path)).location).toBe("/app");
      expect((await browser.open(`${path}?redirectTo=%2Fapp%3Fx%3D1`)).location).toBe("/app?x=1");
      expect((await browser.post(path, new URLSearchParams(ADA.signup))).location).toBe("/app");
    }
  });
});
