import { Client } from "@planetscale/database";
import { Redis } from "@upstash/redis";
import type { Command } from "../../src/store/redis.ts";
import { type Cores, pinToCore } from "../cores.ts";
import { type Deployment, prepareDeployment } from "../deployment.ts";
import { browserAt, emailOf as emailOfVisitor, signUp, waitUntilIdle } from "../people.ts";
import type { Plan } from "../plan.ts";
import { logProgress } from "../progress.ts";
import { requireValue, type Sample, startSession } from "./person.ts";
import { type StoreTimes, sampleFlows } from "./sample-flows.ts";
import { startLargeStores } from "./stores.ts";

/** The times and sizes of the stores for one number of users, who have one session each. */
export interface UsersStep {
  readonly users: number;
  readonly times: StoreTimes;
  readonly tableBytesPerUser: number;
  /** The bytes of one event in the audit log. Null if the engine does not report the size of a table. */
  readonly eventBytesPerUser: number | null;
  /** The bytes of a session and a snapshot. Null without a real Redis. */
  readonly redisBytesPerUser: number | null;
}

/** The times and sizes of the stores for one number of sessions per user, with a few users. */
export interface SessionsStep {
  readonly sessionsPerUser: number;
  readonly times: StoreTimes;
  readonly redisBytesPerSession: number | null;
}

export interface Growth {
  readonly engines: string;
  readonly byUsers: readonly UsersStep[];
  readonly bySessions: readonly SessionsStep[];
}

/** The warm-up before the first step. Its people remain in the stores and count as users of the first step. */
const WARM_UP = { people: 100, sessions: 1, samples: 20 };

/** Measures how the time of Gatehouse's calls grows with the size of the stores. */
export async function measureGrowth(cores: Cores | null, { growth: plan }: Plan): Promise<Growth> {
  // Here the engines are measured, so they may use both cores.
  if (cores !== null) pinToCore(null);
  const stores = await startLargeStores();
  logProgress(`growth, on ${stores.engines}`);
  const deployment = await prepareDeployment("gatehouse", { cores, pages: {}, standIns: stores.standIns });
  const worker = await deployment.start();
  const sample = await createSample(deployment, worker.origin);
  await stores.deleteSessions();
  const empty = { tables: await stores.tableBytes(), redis: await stores.redisBytes() };

  // The warm-up absorbs the effects of the first calls.
  await stores.addUsers(1, WARM_UP.people, sample.hashedPassword);
  await stores.runScripts(sessionsOf(sample, 1, WARM_UP.people, 1));
  await sampleFlows(deployment, worker, WARM_UP);

  const byUsers: UsersStep[] = [];
  for (const users of plan.users.filter((count) => count <= stores.usersMax)) {
    const before = byUsers.at(-1)?.users ?? WARM_UP.people;
    logProgress(`growth: filling up to ${users.toLocaleString("en")} users`);
    await stores.addUsers(before + 1, users, sample.hashedPassword);
    await stores.runScripts(sessionsOf(sample, before + 1, users, 1));
    const redis = await stores.redisBytes();
    const tables = await stores.tableBytes();
    const tableBytesPerUser = (tables.all - empty.tables.all) / users;
    const eventBytesPerUser = tables.events === null ? null : (tables.events - (empty.tables.events ?? 0)) / users;
    const redisBytesPerUser = redis === null || empty.redis === null ? null : (redis - empty.redis) / users;
    const times = await sampleFlows(deployment, worker, { people: users, sessions: 1, samples: plan.samples });
    byUsers.push({ users, times, tableBytesPerUser, eventBytesPerUser, redisBytesPerUser });
  }

  const bySessions: SessionsStep[] = [];
  const people = plan.peopleWithSessions;
  for (const sessionsPerUser of plan.sessionsPerUser) {
    logProgress(`growth: ${sessionsPerUser} sessions for each of ${people.toLocaleString("en")} people`);
    await stores.deleteSessions();
    const before = await stores.redisBytes();
    await stores.runScripts(sessionsOf(sample, 1, people, sessionsPerUser));
    const after = await stores.redisBytes();
    const bytes = before === null || after === null ? null : (after - before) / (people * sessionsPerUser);
    const times = await sampleFlows(deployment, worker, { people, sessions: sessionsPerUser, samples: plan.samples });
    bySessions.push({ sessionsPerUser, times, redisBytesPerSession: bytes });
  }
  await worker.stop();
  await stores.close();
  if (cores !== null) pinToCore(cores.load);
  return { engines: stores.engines, byUsers, bySessions };
}

/** Signs up one person through the Worker and reads the stored password hash, session and snapshot. */
async function createSample(deployment: Deployment, origin: string): Promise<Sample> {
  const { databaseUrl, redisUrl, redisToken } = deployment.standIns;
  const email = emailOfVisitor(0);
  await signUp(browserAt(origin), email);
  await waitUntilIdle(deployment);
  const redis = new Redis({ url: redisUrl, token: redisToken, automaticDeserialization: false });
  const [key = ""] = await redis.keys("person:*");
  // Without deserialization, the client returns fields and values alternately.
  const flat = ((await redis.hgetall(key)) ?? []) as unknown as string[];
  const person = Object.fromEntries(flat.flatMap((field, at) => (at % 2 === 0 ? [[field, flat[at + 1] ?? ""]] : [])));
  const [session] = Object.entries(person).flatMap(([field, value]) => (field.startsWith("s:") ? [value] : []));
  const { rows } = await new Client({ url: databaseUrl }).execute<{ hashed_password: string }>(
    "select hashed_password from `keys` where id = ?",
    [`email:${email}`],
  );
  const hashedPassword = rows[0]?.hashed_password;
  if (hashedPassword === undefined) throw new Error("The sample account has no key");
  return { hashedPassword, session: requireValue(session), snapshot: requireValue(person["user"]) };
}

function* sessionsOf(sample: Sample, first: number, last: number, each: number): Generator<Command> {
  for (let number = first; number <= last; number += 1) {
    for (let ordinal = 0; ordinal < each; ordinal += 1) yield startSession(sample, number, ordinal);
  }
}
