import type { StandIns } from "@gatehouse/stand-ins";
import { Redis } from "@upstash/redis";
import { type Adapter, LuciaError, type SessionSchema, type UserSchema } from "lucia";
import { generateRandomString } from "lucia/utils";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createUserCache } from "../../src/auth/accounts/user-cache.ts";
import { createAdapter } from "../../src/auth/lucia/adapter.ts";
import { createAuth } from "../../src/auth/lucia/lucia.ts";
import { type Evidence, prove } from "../../src/auth/sessions/evidence.ts";
import { generateSessionId } from "../../src/auth/sessions/session-id.ts";
import { createSessionStore } from "../../src/auth/sessions/store.ts";
import { hashSecret } from "../../src/auth/tokens/secrets.ts";
import { type Config, parseConfig } from "../../src/config/config.ts";
import { createDatabase } from "../../src/store/database.ts";
import { formatValue, readValue, readWholePerson } from "../../src/store/person.ts";
import { createRedis } from "../../src/store/redis.ts";
import { enginesAreMissing, startStores } from "../support/gatehouse.ts";
import { readSnapshot } from "../support/stored.ts";

describe.skipIf(enginesAreMissing())("the composed adapter", () => {
  let standIns: StandIns;
  let config: Config;
  let redis: Redis;
  beforeAll(async () => {
    standIns = await startStores();
    const read = parseConfig(
      {
        DATABASE_URL: standIns.databaseUrl,
        UPSTASH_REDIS_REST_URL: standIns.redisUrl,
        UPSTASH_REDIS_REST_TOKEN: standIns.redisToken,
        PUBLIC_ORIGIN: "http://localhost:8787",
        EMAIL_VERIFICATION: "optional",
        MAIL_FROM: "Gatehouse <accounts@example.com>",
        MAIL_SENDER: "cloudflare",
        SOURCE_POSTS_MAX: "300",
        SOURCE_POSTS_WINDOW_MINUTES: "15",
        BREACHED_PASSWORDS: "off",
        SEND_EMAIL: { send: () => Promise.resolve() },
      },
      true,
    );
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    config = read.config;
    redis = new Redis({ url: standIns.redisUrl, token: standIns.redisToken, enableTelemetry: false });
  });
  beforeEach(() => standIns.reset());
  afterAll(() => standIns.close());

  /** An adapter for one request. `settle` runs its deferred work. */
  const request = () => {
    const deferred: (() => Promise<unknown>)[] = [];
    const defer = (work: () => Promise<unknown>) => void deferred.push(work);
    const [database, redis] = [createDatabase(config), createRedis(config)];
    const rows = createUserCache(database, redis, defer);
    const sessions = createSessionStore(redis);
    const adapter = createAdapter(database, sessions, rows)(LuciaError);
    const auth = createAuth(database, sessions, rows, defer);
    return { adapter, auth, settle: () => Promise.all(deferred.map((work) => work().catch(() => {}))) };
  };
  const snapshotOf = ({ id }: UserSchema) => readSnapshot({ redis }, id);
  const read = (adapter: Adapter, id: string) =>
    adapter.getSessionAndUser?.(id) ?? Promise.reject(new Error("missing"));

  const noted = (now: number) => ({
    createdAt: now,
    epoch: 0,
    seenAt: now,
    evidence: [prove("password", now)] as const,
    country: null,
    browser: null,
    platform: null,
  });

  const givenMember = async (): Promise<{ user: UserSchema; session: SessionSchema }> => {
    const now = Date.now();
    const user: UserSchema = {
      id: generateRandomString(15),
      email: `${generateRandomString(8)}@example.com`,
      email_verified_at: null,
      language: null,
      password_changed_at: null,
      two_step_at: null,
      session_epoch: 0,
      version: 0,
      created_at: now,
      updated_at: now,
    };
    const session: SessionSchema = {
      id: generateSessionId(user.id),
      user_id: user.id,
      active_expires: now + 60_000,
      idle_expires: now + 120_000,
      ...noted(now),
    };
    const { adapter } = request();
    await adapter.setUser(user, { id: `email:${user.email}`, user_id: user.id, hashed_password: null });
    await adapter.setSession(session);
    return { user, session };
  };

  test("reads session and user in one call", async () => {
    const { user, session } = await givenMember();
    standIns.traffic.clear();
    const { adapter } = request();
    expect(await read(adapter, session.id)).toEqual([session, user]);
    expect(standIns.traffic.calls.map(({ operation }) => operation)).toEqual(["EVAL read session"]);
  });

  test("a change of the user is seen by the next reader, and published", async () => {
    const { user, session } = await givenMember();
    const { adapter, settle } = request();
    await adapter.updateUser(user.id, { email_verified_at: 5 });
    expect(await read(request().adapter, session.id)).toEqual([session, { ...user, email_verified_at: 5, version: 1 }]);
    await settle();
    expect(await snapshotOf(user)).toEqual({ ...user, email_verified_at: 5, version: 1 });
  });

  test("the marker is set before the change is committed", async () => {
    const { user } = await givenMember();
    standIns.traffic.inject({ fault: { kind: "hang" }, operation: "COMMIT" });
    const change = request().adapter.updateUser(user.id, { session_epoch: 1 });
    await expect.poll(() => snapshotOf(user)).toBe("marker");
    expect(await redis.ttl(`person:${user.id}`)).toBeGreaterThan(50);
    await expect(change).rejects.toThrow();
  });

  test("without the marker nothing is committed", async () => {
    const { user, session } = await givenMember();
    standIns.traffic.inject({ fault: { kind: "refuse" }, operation: "EVAL mark user" });
    await expect(request().adapter.updateUser(user.id, { session_epoch: 1 })).rejects.toThrow();
    standIns.traffic.restore();
    expect(await read(request().adapter, session.id)).toEqual([session, user]);
    const { rows } = await createDatabase(config).execute("select session_epoch from users");
    expect(rows).toEqual([{ session_epoch: 0 }]);
  });

  test("a snapshot that cannot be published leaves the mark: readers ask MySQL, and see the change", async () => {
    const { user, session } = await givenMember();
    standIns.traffic.inject({ fault: { kind: "refuse" }, operation: "EVAL write user" });
    const { adapter, settle } = request();
    await adapter.updateUser(user.id, { session_epoch: 1 });
    await settle();
    expect(await snapshotOf(user)).toBe("marker");
    expect(await read(request().adapter, session.id)).toEqual([null, null]);
  });

  test("a COMMIT whose response is lost has raised the epoch, and no read accepts the old one", async () => {
    const { user, session } = await givenMember();
    standIns.traffic.inject({ fault: { kind: "lostAnswer" }, operation: "COMMIT" });
    await expect(request().adapter.updateUser(user.id, { session_epoch: 1 })).rejects.toThrow();
    expect(await read(request().adapter, session.id)).toEqual([null, null]);
  });

  test("a change publishes only over its own mark", async () => {
    const { user } = await givenMember();
    const [first, second] = [request(), request()];
    await first.adapter.updateUser(user.id, { session_epoch: 1 });
    await second.adapter.updateUser(user.id, { session_epoch: 2 });
    await first.settle();
    expect(await snapshotOf(user)).toBe("marker");
    await second.settle();
    expect(await snapshotOf(user)).toMatchObject({ session_epoch: 2 });
    await first.settle();
    expect(await snapshotOf(user)).toMatchObject({ session_epoch: 2 });
  });

  test("a late refill by a reader covers neither a mark nor a newer snapshot", async () => {
    const { user, session } = await givenMember();
    await redis.hdel(`person:${user.id}`, "user");
    const [reader, changer] = [request(), request()];
    await read(reader.adapter, session.id);
    await changer.adapter.updateUser(user.id, { session_epoch: 1 });
    await reader.settle();
    expect(await snapshotOf(user)).toBe("marker");
    await changer.settle();
    await reader.settle();
    expect(await snapshotOf(user)).toMatchObject({ session_epoch: 1 });
    expect(await read(request().adapter, session.id)).toEqual([null, null]);
  });

  test("during concurrent changes, no snapshot is older than the last commit before it was read", async () => {
    const { user } = await givenMember();
    let committedEpoch = 0;
    let writing = true;
    const violations: string[] = [];
    const watch = async () => {
      while (writing) {
        const atLeast = committedEpoch;
        const snapshot = await snapshotOf(user);
        if (snapshot === null || snapshot === "marker") continue;
        if (Number(snapshot["session_epoch"]) < atLeast)
          violations.push(`epoch ${snapshot["session_epoch"]} after ${atLeast}`);
      }
    };
    const change = async (changes: Partial<UserSchema>) => {
      const { adapter, settle } = request();
      await adapter.updateUser(user.id, changes);
      return settle;
    };
    const raiseEpoch = async () => {
      for (let epoch = 1; epoch <= 20; epoch += 1) {
        const settle = await change({ session_epoch: epoch });
        committedEpoch = epoch;
        void settle();
      }
    };
    const changeSomethingElse = async () => {
      for (let round = 0; round < 20; round += 1) await (await change({ email_verified_at: round }))();
    };
    const watching = [watch(), watch()];
    await Promise.all([raiseEpoch(), changeSomethingElse(), changeSomethingElse()]);
    writing = false;
    await Promise.all(watching);
    expect(violations).toEqual([]);
  });

  test("a renewal of a session that ended in the meantime does not bring it back", async () => {
    const { session } = await givenMember();
    const renewer = request();
    await read(renewer.adapter, session.id);
    await request().adapter.deleteSession(session.id);
    await expect(renewer.adapter.updateSession(session.id, { idle_expires: Date.now() + 120_000 })).rejects.toThrow(
      new LuciaError("AUTH_INVALID_SESSION_ID"),
    );
    expect(await redis.hget(`person:${session.user_id}`, `s:${await hashSecret(session.id)}`)).toBeNull();
  });

  test("a renewal that meets another change keeps it", async () => {
    const { session } = await givenMember();
    const renewer = request();
    await read(renewer.adapter, session.id);
    const [seenAt, end] = [session.seenAt + 1, Date.now() + 240_000];
    await request().adapter.updateSession(session.id, { seenAt });
    await renewer.adapter.updateSession(session.id, { idle_expires: end });
    expect((await read(request().adapter, session.id))[0]).toEqual({ ...session, seenAt, idle_expires: end });
  });

  test("a session never outlives 30 days from its birth", async () => {
    const { user } = await givenMember();
    const now = Date.now();
    const day = 24 * 60 * 60 * 1_000;
    const session = {
      id: generateSessionId(user.id),
      user_id: user.id,
      active_expires: now,
      idle_expires: now + 14 * day,
      ...noted(now),
      createdAt: now - 29 * day,
    };
    await request().adapter.setSession(session);
    const left = async () => {
      const raw = await redis.hget<string>(`person:${user.id}`, `s:${await hashSecret(session.id)}`);
      return (readValue(raw, now)?.end ?? 0) - now;
    };
    expect(Math.abs((await left()) - day)).toBeLessThan(5_000);
    await request().adapter.updateSession(session.id, { idle_expires: now + 14 * day });
    expect(Math.abs((await left()) - day)).toBeLessThan(5_000);
  });

  test("a session cannot start for a user who is not there", async () => {
    const now = Date.now();
    const nobody = generateRandomString(15);
    const session = {
      id: generateSessionId(nobody),
      user_id: nobody,
      active_expires: now,
      idle_expires: now + 9_999,
      ...noted(now),
    };
    await expect(request().adapter.setSession(session)).rejects.toThrow(new LuciaError("AUTH_INVALID_USER_ID"));
    expect(await redis.dbsize()).toBe(0);
  });

  test("a session that another release stored is none", async () => {
    const { user, session } = await givenMember();
    const [hash, end] = [await hashSecret(session.id), Date.now() + 120_000];
    const text = JSON.stringify({ active_expires: end, idle_expires: end, epoch: 0 });
    await redis.hset(`person:${user.id}`, { [`s:${hash}`]: formatValue({ end, rank: 1, text }) });
    expect(await read(request().adapter, session.id)).toEqual([null, null]);
    expect(await request().adapter.getSessionsByUserId(user.id)).toEqual([]);
  });

  test("listing sessions leaves out the ones that are over", async () => {
    const { user, session } = await givenMember();
    const over = formatValue({ end: Date.now() - 1, rank: Date.now(), text: "{}" });
    await redis.hset(`person:${user.id}`, { "s:over": over });
    const listed = await request().adapter.getSessionsByUserId(user.id);
    expect(listed).toEqual([{ ...session, id: await hashSecret(session.id) }]);
  });

  test("ending all of a user's sessions ends no one else's", async () => {
    const [ada, bob] = [await givenMember(), await givenMember()];
    await request().adapter.deleteSessionsByUserId(ada.user.id);
    expect(await read(request().adapter, ada.session.id)).toEqual([null, null]);
    expect((await read(request().adapter, bob.session.id))[1]).toEqual(bob.user);
  });

  test("a deleted user's sessions are dead immediately, without being ended", async () => {
    const { user, session } = await givenMember();
    await request().adapter.deleteUser(user.id);
    expect(await read(request().adapter, session.id)).toEqual([null, null]);
    expect(await snapshotOf(user)).toBe("marker");
  });

  describe("calls to Lucia", () => {
    const EMAIL = "ada@example.com";
    const EVIDENCE: Evidence = [prove("password", 1_700_000_000_000)];
    const ORIGIN = { country: "GB", browser: "Firefox", platform: "Linux" };

    /** Runs `ask` and returns the calls to the stores. */
    const watch = async <T>(ask: Promise<T>) => {
      standIns.traffic.clear();
      const answer = await ask;
      return { answer, calls: standIns.traffic.calls.map(({ operation }) => operation) };
    };
    const givenAccount = async () => {
      const account = await request().auth.register(EMAIL, "analytical engine", "en", Date.now());
      if (account === null) throw new Error("The email is taken");
      return account;
    };

    test("is answered without an error where there is nothing, or something in the way", async () => {
      const { auth } = request();
      expect(await auth.findKey(EMAIL)).toBeNull();
      expect(await auth.validateSession(generateSessionId("u".repeat(15)))).toBeNull();
      await givenAccount();
      expect(await auth.register(EMAIL, "another password", "en", Date.now())).toBeNull();
    });

    test("reads a key with its account once, and checks a password without another call", async () => {
      const account = await givenAccount();
      const { auth } = request();
      const { answer: key, calls } = await watch(auth.findKey(EMAIL));
      expect([calls, key?.account]).toEqual([["SELECT"], account]);
      if (key === null) throw new Error("There is no key");
      expect(await watch(auth.checkPassword(key, "analytical engine"))).toEqual({ answer: true, calls: [] });
      expect(await watch(auth.checkPassword(key, "difference engine"))).toEqual({ answer: false, calls: [] });
      const kept = { ...key, hashedPassword: null };
      expect(await watch(auth.checkPassword(kept, "analytical engine"))).toEqual({ answer: false, calls: [] });
    });

    test("starts a session in one call, which is dead once the account's epoch has risen", async () => {
      const account = await givenAccount();
      const now = Date.now();
      const started = await watch(request().auth.startSession(account, ORIGIN, EVIDENCE, now));
      expect(started.calls).toEqual(["EVAL start session"]);
      const found = await watch(request().auth.validateSession(started.answer.id));
      expect(found).toEqual({ answer: started.answer, calls: ["EVAL read session"] });
      await request().adapter.updateUser(account.id, { session_epoch: 1 });
      expect(await request().auth.validateSession(started.answer.id)).toBeNull();
      const late = await request().auth.startSession(account, ORIGIN, EVIDENCE, now);
      expect(await request().auth.validateSession(late.id)).toBeNull();
    });

    test("reads a session with all of its account's in one call; a made-up secret under its user id moves none", async () => {
      const account = await givenAccount();
      const now = Date.now();
      const session = await request().auth.startSession(account, ORIGIN, EVIDENCE, now);
      const other = await request().auth.startSession(account, { ...ORIGIN, country: "DE" }, EVIDENCE, now);
      const { answer, calls } = await watch(request().auth.validateSessionWithList(session.id));
      expect(calls).toEqual(["EVAL read sessions"]);
      expect(answer?.session).toEqual(session);
      expect(answer?.listed.map(({ handle, country }) => [handle, country]).toSorted()).toEqual(
        [
          [await hashSecret(session.id), "GB"],
          [await hashSecret(other.id), "DE"],
        ].toSorted(),
      );
      const madeUp = generateSessionId(account.id);
      const refused = await watch(request().auth.validateSessionWithList(madeUp));
      expect(refused).toEqual({ answer: null, calls: ["EVAL read sessions"] });
      expect(await readWholePerson(createRedis(config), account.id, await hashSecret(madeUp))).toEqual({
        sessions: new Map(),
        user: null,
      });
    });

    test("notes the use of a session where nothing has changed it, and so not in the way of a password beside it", async () => {
      const account = await givenAccount();
      const { id, stored } = await request().auth.startSession(account, ORIGIN, EVIDENCE, Date.now());
      const sessions = createSessionStore(createRedis(config));
      const evidence: Evidence = [prove("password", 1_700_000_001_000)];
      await Promise.all([
        ...[1, 2, 3].map((seenAt) => sessions.noteSeen(id, stored, seenAt)),
        sessions.update(id, stored, { evidence }),
      ]);
      expect((await sessions.read(id))?.stored.record.evidence).toEqual(evidence);
      expect(await sessions.end(id)).toBe(true);
      await sessions.noteSeen(id, stored, 4);
      expect(await sessions.read(id)).toBeNull();
    });

    test("starts a dead session for a deleted account, and reads none, without an error of Lucia's", async () => {
      const account = await givenAccount();
      const { adapter, settle } = request();
      await adapter.deleteUser(account.id);
      await settle();
      const { auth } = request();
      const { id } = await auth.startSession(account, ORIGIN, EVIDENCE, Date.now());
      expect(await redis.hkeys(`person:${account.id}`)).toEqual(["user"]);
      expect(await request().auth.validateSession(id)).toBeNull();
      const error = await auth.readAccount(account.id).catch((error) => error);
      expect([error.name, error instanceof LuciaError]).toEqual(["AccountGone", false]);
    });
  });
});
