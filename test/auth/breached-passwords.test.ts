import type { Fault } from "@gatehouse/stand-ins";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { linkIn } from "../support/inbox.ts";
import { ADA, signIn, signUp } from "../support/people.ts";

/** A breached password that satisfies all other rules. */
const BREACHED = "correct horse battery staple";
const TYPED = { password: BREACHED, passwordConfirmation: BREACHED };
const REFUSAL = "This password appeared in a data breach of another service. Choose another";

const FAULTS: readonly Fault[] = [
  { kind: "refuse" },
  { kind: "hang" },
  { kind: "late", ms: 2_000 },
  { kind: "status", status: 429 },
  { kind: "html" },
  { kind: "lostAnswer" },
];

describe.skipIf(enginesAreMissing())("a password from a known breach", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse();
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());

  const ranges = () => gatehouse.standIns.traffic.calls.filter(({ operation }) => operation === "RANGE");
  const users = async () => (await gatehouse.database.execute("select id from users")).rows;

  test("is refused at sign-up, where another password is accepted", async () => {
    const browser = gatehouse.browser();
    const page = await browser.submit(await browser.open("/auth/signup"), "/auth/signup", { ...ADA.signup, ...TYPED });
    expect([page.status, page.errorAt("password"), await users()]).toEqual([422, REFUSAL, []]);
    await expect.poll(() => gatehouse.logs()).toContain('"event":"breached-password-refused"');
    expect((await browser.submit(page, "/auth/signup", ADA.signup)).status).toBe(303);
  });

  test("is also refused in other characters with the same NFKC form", async () => {
    const wide = [...BREACHED].map((character) =>
      character === " " ? "\u3000" : String.fromCodePoint(character.charCodeAt(0) + 0xfee0),
    );
    const typed = { password: wide.join(""), passwordConfirmation: wide.join("") };
    const page = await gatehouse.browser().post("/auth/signup", new URLSearchParams({ ...ADA.signup, ...typed }));
    expect([page.status, page.errorAt("password")]).toEqual([422, REFUSAL]);
  });

  test("is not assumed because of padding in the response", async () => {
    const password = "loom of flowers and leaves";
    const typed = { ...ADA.signup, password, passwordConfirmation: password };
    expect((await gatehouse.browser().post("/auth/signup", new URLSearchParams(typed))).status).toBe(303);
  });

  test("is refused at a reset, whose link stays valid", async () => {
    await signUp(gatehouse);
    const browser = gatehouse.browser();
    await browser.submit(await browser.open("/auth/forgot-password"), "/auth/forgot-password", { email: ADA.email });
    await browser.open(linkIn(await gatehouse.inbox.newest(ADA.email, 2), "/auth/reset-password/"));
    const form = await browser.open("/auth/reset-password");
    const page = await browser.submit(form, "/auth/reset-password", TYPED);
    expect([page.status, page.errorAt("password")]).toEqual([422, REFUSAL]);
    const another = { password: "difference engine 1822", passwordConfirmation: "difference engine 1822" };
    expect((await browser.submit(page, "/auth/reset-password", another)).status).toBe(303);
  });

  test("is refused at a password change", async () => {
    const owner = await signUp(gatehouse);
    const path = "/app/account/password";
    const page = await owner.submit(await owner.open(path), path, { currentPassword: ADA.password, ...TYPED });
    expect([page.status, page.errorAt("password")]).toEqual([422, REFUSAL]);
    expect((await (await signIn(gatehouse)).open("/app")).status).toBe(200);
  });

  test.each(FAULTS)("is accepted if the breach check does not succeed within a second: %j", async (fault) => {
    gatehouse.standIns.traffic.inject({ fault, service: "breached-passwords" });
    const startedAt = performance.now();
    const page = await gatehouse.browser().post("/auth/signup", new URLSearchParams({ ...ADA.signup, ...TYPED }));
    expect(page.status).toBe(303);
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    await expect.poll(() => gatehouse.logs()).toContain('"event":"breach-check-failed"');
    await expect.poll(() => gatehouse.logs()).toContain('"store":"breached-passwords"');
  });

  test("is checked only if it is new and satisfies the other rules", async () => {
    await signUp(gatehouse);
    expect(ranges()).toHaveLength(1);
    await signIn(gatehouse);
    const short = { password: "short", passwordConfirmation: "short" };
    await gatehouse.browser().post("/auth/signup", new URLSearchParams({ ...ADA.signup, ...short }));
    expect(ranges()).toHaveLength(1);
  });
});

describe.skipIf(enginesAreMissing())("without the breach check,", () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse({ BREACHED_PASSWORDS: "off" });
  });
  afterAll(() => gatehouse.close());

  test("no password is looked up", async () => {
    const page = await gatehouse.browser().post("/auth/signup", new URLSearchParams({ ...ADA.signup, ...TYPED }));
    expect(page.status).toBe(303);
    expect(gatehouse.standIns.traffic.calls.map(({ operation }) => operation)).not.toContain("RANGE");
  });
});
