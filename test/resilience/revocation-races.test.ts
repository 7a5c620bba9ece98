import { afterAll, beforeAll, beforeEach, describe, expect } from "vitest";
import { prove } from "../../src/auth/sessions/evidence.ts";
import { readValue } from "../../src/store/person.ts";
import type { Browser } from "../support/browser.ts";
import { enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { ADA, signIn, signUp } from "../support/people.ts";
import {
  changeSession,
  cookieOf,
  dropSnapshots,
  handleOf,
  listHandles,
  personKey,
  readSession,
  readSnapshot,
  userIdOf,
} from "../support/stored.ts";
import { inRoundsOfEachState, isSignedIn } from "./redis-states.ts";
import { ROUNDS } from "./rounds.ts";

const MINUTE = 60_000;
const CURRENT = { currentPassword: ADA.password };
const FRESH = { password: "difference engine 1822", passwordConfirmation: "difference engine 1822" };
const SESSIONS = "/app/account/sessions";
/** Its form records the password in the session. */
const EMAIL = "/app/account/email";
const NEW_EMAIL = "lovelace@example.com";

const post = (browser: Browser, path: string, fields: Readonly<Record<string, string>> = {}) =>
  browser.post(path, new URLSearchParams(fields));

/** Two kinds of pages, which read the session with different scripts. */
const PAGES = ["/app", SESSIONS] as const;

/** Races of a revocation with other changes of the hash of the same person in Redis. */
describe.skipIf(enginesAreMissing())(`a revocation and concurrent requests, ${ROUNDS} rounds`, () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse({ SOURCE_POSTS_MAX: "1000000" });
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());
  const here = () => gatehouse;

  /** Ada is signed in here and on a phone. The fact is the cookie of the phone. */
  const onTwoDevices = async () => {
    const owner = await signUp(gatehouse);
    return { owner, fact: cookieOf(await signIn(gatehouse)) };
  };
  const holding = (cookie: string) => {
    const browser = gatehouse.browser();
    browser.cookies.set("gatehouse", cookie);
    return browser;
  };

  /** A snapshot must not be older than the row. */
  const expectNoStaleSnapshot = async (owner: Browser) => {
    const snapshot = await readSnapshot(gatehouse, userIdOf(owner));
    if (snapshot === null || snapshot === "marker") return;
    const { rows } = await gatehouse.database.execute<{ version: number }>("select version from users");
    expect(Number(snapshot["version"])).toBe(Number(rows[0]?.version));
  };

  inRoundsOfEachState(
    "deletion and sign-in: no session is left, no request fails with a 500, and no row is left",
    here,
    ["COMMIT", "EVAL start session", "EVAL erase person"],
    onTwoDevices,
    async ({ owner, fact: cookie, copyOf, race, expectSignedOut, recover, losesWrites }) => {
      const [newcomer, copy, phone] = [gatehouse.browser(), copyOf(owner), holding(cookie)];
      const [removal, signin] = await race([
        () => post(owner, "/app/account/delete", { ...CURRENT, confirmation: "yes" }),
        () => post(newcomer, "/auth/signin", ADA.signin),
        () => copy.open("/app"),
      ]);
      expect(removal?.notice).toBe("account-deleted");
      expect([303, 401]).toContain(signin?.status);
      await recover();
      // Only MySQL records a deletion. It is read after the snapshot has expired.
      if (losesWrites) {
        const raw = await gatehouse.redis.hget<string>(personKey(phone), "user");
        expect((readValue(raw, 0)?.end ?? 0) - Date.now()).toBeLessThanOrEqual(10 * MINUTE);
        await dropSnapshots(gatehouse);
      } else {
        expect(await listHandles(gatehouse)).toEqual([]);
      }
      await expectSignedOut([newcomer, copy, phone]);
      for (const table of ["users", "keys", "account_events", "reserved_emails", "one_time_tokens"]) {
        expect([table, (await gatehouse.database.execute(`select * from \`${table}\``)).rows]).toEqual([table, []]);
      }
    },
  );

  inRoundsOfEachState(
    "signing out everywhere, a change of the row and a sign-in: no earlier session and no older snapshot survives",
    here,
    ["EVAL mark user", "COMMIT", "EVAL write user", "EVAL end sessions", "EVAL start session"],
    onTwoDevices,
    async ({ owner, fact: cookie, copyOf, race, expectSignedOut, losesWrites, number }) => {
      const [before, copy, phone, newcomer] = [copyOf(owner), copyOf(owner), holding(cookie), gatehouse.browser()];
      const [others, change, signin] = await race([
        () => post(owner, `${SESSIONS}/revoke-others`),
        () => post(copy, "/app/account/password", { ...CURRENT, ...FRESH }),
        () => post(newcomer, "/auth/signin", ADA.signin),
        () => phone.open(PAGES[number % 2] ?? "/app"),
      ]);
      expect([others?.status, change?.status], gatehouse.logs()).toEqual([303, expect.toBeOneOf([303, 401])]);
      expect([303, 401]).toContain(signin?.status);
      await expectSignedOut([before, phone]);
      await expectNoStaleSnapshot(owner);
      const changed = [others?.notice === "others-ended", change?.notice === "password-changed"];
      expect(changed).toContain(true);
      if (losesWrites) return;
      // The row decides whether a session is active, whatever Redis contains.
      const people = [owner, copy, newcomer];
      const signedIn = await Promise.all(people.map(isSignedIn));
      await dropSnapshots(gatehouse);
      expect(await Promise.all(people.map(isSignedIn))).toEqual(signedIn);
      expect(signedIn.slice(0, 2)).toContain(true);
    },
  );

  inRoundsOfEachState(
    "signing out everywhere and pages that store the snapshot: no older row is stored",
    here,
    ["SELECT", "EVAL mark user", "COMMIT", "EVAL write user", "EVAL read session"],
    onTwoDevices,
    async ({ owner, fact: cookie, copyOf, race, expectSignedOut, losesWrites, number }) => {
      await dropSnapshots(gatehouse);
      const [before, phone, later] = [copyOf(owner), holding(cookie), holding(cookie)];
      const [others, ...pages] = await race([
        () => post(owner, `${SESSIONS}/revoke-others`),
        () => phone.open("/app"),
        () => later.open(PAGES[number % 2] ?? "/app"),
        () => before.open("/app"),
      ]);
      expect([others?.status, others?.notice], gatehouse.logs()).toEqual([303, "others-ended"]);
      expect(pages.filter(({ status }) => ![200, 303].includes(status))).toEqual([]);
      await expectSignedOut([before, phone, later]);
      await expectNoStaleSnapshot(owner);
      if (!losesWrites) expect(await isSignedIn(owner)).toBe(true);
    },
  );

  inRoundsOfEachState(
    "signing out and a page that renews the same session: the session has ended, and nothing restores it",
    here,
    ["EVAL read session", "EVAL read sessions", "EVAL replace session", "HDEL"],
    async () => {
      const owner = await signUp(gatehouse);
      await changeSession(gatehouse, owner, { renewAt: Date.now() - 1 });
      return { owner };
    },
    async ({ owner, copyOf, race, expectSignedOut }) => {
      const [reader, reloader, later] = [copyOf(owner), copyOf(owner), copyOf(owner)];
      const [signout, ...pages] = await race([
        () => post(owner, "/auth/signout"),
        () => reader.open("/app"),
        () => reloader.open(SESSIONS),
      ]);
      expect([signout?.status, signout?.location]).toEqual([303, "/auth/signin"]);
      expect(pages.filter(({ status }) => ![200, 303].includes(status))).toEqual([]);
      await expectSignedOut([reader, reloader, later]);
      expect(await listHandles(gatehouse)).toEqual([]);
    },
  );

  /** Long enough ago that a page updates the session's metadata, and that the password is required again. */
  const longAgo = async () => {
    const { owner, fact } = await onTwoDevices();
    const at = Date.now() - 11 * MINUTE;
    await changeSession(gatehouse, owner, { seenAt: at, evidence: [prove("password", at)] });
    return { owner, fact };
  };

  inRoundsOfEachState(
    "an update of a session's metadata and a password entered in it: both are stored in the end",
    here,
    ["EVAL read session", "EVAL replace session"],
    longAgo,
    async ({ owner, copyOf, race, recover, losesWrites }) => {
      const startedAt = Date.now();
      const [reader, reloader] = [copyOf(owner), copyOf(owner)];
      const [change, ...pages] = await race([
        () => post(owner, EMAIL, { ...CURRENT, email: NEW_EMAIL }),
        () => reader.open("/app"),
        () => reloader.open(SESSIONS),
      ]);
      expect([change?.status, ...pages.map(({ status }) => status)]).toEqual([303, 200, 200]);
      await recover();
      expect(await isSignedIn(reader)).toBe(true);
      await gatehouse.settle();
      const session = await readSession(gatehouse, owner);
      expect(session?.seenAt).toBeGreaterThanOrEqual(startedAt);
      if (!losesWrites) expect(session?.evidence[0].at).toBeGreaterThanOrEqual(startedAt);
    },
  );

  inRoundsOfEachState(
    "an update of a session's metadata, a password entered in it and sign-out: nothing restores the session",
    here,
    ["EVAL read session", "EVAL replace session", "HDEL"],
    longAgo,
    async ({ owner, copyOf, race, expectSignedOut }) => {
      const [reader, confirming] = [copyOf(owner), copyOf(owner)];
      const [signout, ...others] = await race([
        () => post(owner, "/auth/signout"),
        () => reader.open("/app"),
        () => post(confirming, EMAIL, { ...CURRENT, email: NEW_EMAIL }),
      ]);
      expect([signout?.status, signout?.location]).toEqual([303, "/auth/signin"]);
      expect(others.filter(({ status }) => ![200, 303].includes(status))).toEqual([]);
      await expectSignedOut([reader, confirming]);
      expect(await listHandles(gatehouse)).not.toContain(handleOf(reader));
    },
  );
});
