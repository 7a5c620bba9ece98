import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HASH_QUEUE_MAX } from "../../src/auth/credentials/password/hash-queue.ts";
import type { Browser } from "../support/browser.ts";
import { DEPLOYED_BUNDLE, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { findWorkerds, readMemory } from "../support/memory.ts";
import { ADA, signUp } from "../support/people.ts";
import { secondsSince } from "./rounds.ts";
import { readRows } from "./snapshot.ts";

/**
 * `npm run test:resilience` signs 100 people in, alone on the machine. Beside other tests, that many would miss real
 * deadlines.
 */
const PEOPLE = Number(process.env["GATEHOUSE_LOAD_PEOPLE"] ?? 20);
/** Three times the capacity of the hash queue of an isolate. */
const CROWD = 300;
const TIMEOUT_MILLISECONDS = 120_000;

const ATTEMPTS_MAX = 3;

/** The memory of an isolate on the platform. A hash takes 19 MB, so only a few can run at a time. */
const GROWTH_MAX_MEGABYTES = 128;

describe("many sign-ins at once", () => {
  let gatehouse: Gatehouse;
  let before: readonly number[] | null;
  beforeAll(async () => {
    before = findWorkerds();
    gatehouse = await startGatehouse({ SOURCE_POSTS_MAX: "1000000" }, DEPLOYED_BUNDLE);
  });
  afterAll(() => gatehouse.close());

  /** Each request is sent from a network of its own. */
  const from = (index: number) => ({ "CF-Connecting-IP": `198.51.${index >> 8}.${index & 255}` });
  const addressOf = (index: number) => `person${index}@example.com`;

  /** Creates accounts with Ada's password and its hash, so that sign-in is the only slow step. */
  const settleIn = async () => {
    await signUp(gatehouse);
    const [key] = (await readRows(gatehouse)).keys;
    for (let index = 0; index < PEOPLE; index += 1) {
      const id = `person${`${index}`.padStart(9, "0")}`;
      await gatehouse.database.execute(
        "insert into users (id, email, email_verified_at, session_epoch, created_at, updated_at) values (?, ?, 1, 0, 1, 1)",
        [id, addressOf(index)],
      );
      await gatehouse.database.execute("insert into `keys` (id, user_id, hashed_password) values (?, ?, ?)", [
        `email:${addressOf(index)}`,
        id,
        key?.["hashed_password"] ?? null,
      ]);
    }
  };

  /** Submits the form again after the `Retry-After` of a 503, up to `ATTEMPTS_MAX` times. */
  const signInPatiently = async (browser: Browser, index: number) => {
    const form = new URLSearchParams({ email: addressOf(index), password: ADA.password });
    for (let attempt = 1; ; attempt += 1) {
      const { status, headers } = await browser.post("/auth/signin", form, from(index));
      if (status !== 503 || attempt === ATTEMPTS_MAX) return status;
      await sleep(Number(headers.get("Retry-After")) * 1_000);
    }
  };

  test(
    `let ${PEOPLE} people in, each to an account of their own, some of them after the wait that a 503 asks for`,
    async () => {
      await settleIn();
      const workerds = findWorkerds()?.filter((id) => !before?.includes(id)) ?? [];
      const memory = workerds.map((id) => ({ id, before: readMemory(id).megabytes }));
      const startedAt = performance.now();
      const people = Array.from({ length: PEOPLE }, () => gatehouse.browser());
      const statuses = await Promise.all(people.map(signInPatiently));
      const seconds = secondsSince(startedAt);
      const growth = Math.max(0, ...memory.map(({ id, before }) => readMemory(id).peakMegabytes - before));
      if (PEOPLE >= 100) console.log({ signinsAtOnce: PEOPLE, seconds, memoryGrowthMegabytes: Math.round(growth) });
      expect(statuses.filter((status) => status !== 303)).toEqual([]);
      const inside = await Promise.all(people.map(async (browser) => (await browser.open("/app")).status));
      expect(inside.filter((status) => status !== 200)).toEqual([]);
      if (memory.length === 0) console.warn("Left out: the memory of workerd: this system has no /proc");
      expect(growth).toBeLessThan(GROWTH_MAX_MEGABYTES);
    },
    TIMEOUT_MILLISECONDS,
  );

  test(
    `are hashed as far as there is time: of ${CROWD} the rest get a 503, and pages open meanwhile`,
    async () => {
      const member = await signUp(gatehouse, { ...ADA.signup, email: "member@example.com" });
      const startedAt = performance.now();
      const answers = Promise.all(
        Array.from({ length: CROWD }, async (_, index) => {
          const form = new URLSearchParams({ email: `nobody${index}@example.com`, password: ADA.password });
          const page = await gatehouse.browser().post("/auth/signin", form, from(index));
          return { status: page.status, retryAfter: page.headers.get("Retry-After"), seconds: secondsSince(startedAt) };
        }),
      );
      let isOver = false;
      void answers.then(() => {
        isOver = true;
      });
      const pages: number[] = [];
      while (!isOver) {
        const openedAt = performance.now();
        expect((await member.open("/app")).status).toBe(200);
        pages.push(performance.now() - openedAt);
        await sleep(50);
      }
      const refused = (await answers).filter(({ status }) => status === 503);
      const hashed = (await answers).filter(({ status }) => status === 401);
      if (PEOPLE >= 100) console.log({ hashed: hashed.length, refused: refused.length, pages, answers: await answers });
      expect(hashed.length + refused.length).toBe(CROWD);
      expect(hashed.length).toBeGreaterThan(HASH_QUEUE_MAX / 4);
      expect(hashed.length).toBeLessThanOrEqual(HASH_QUEUE_MAX + 20);
      expect(refused.length).toBeGreaterThan(0);
      expect(new Set(refused.map(({ retryAfter }) => retryAfter))).toEqual(new Set(["5"]));
      // The first page waits in this process, behind the requests that the test sends.
      expect(pages.length).toBeGreaterThan(10);
      expect(Math.max(...pages.slice(1))).toBeLessThan(1_000);
      await expect.poll(() => gatehouse.logs()).toContain('"event":"hash-queue-full"');
    },
    TIMEOUT_MILLISECONDS,
  );
});
