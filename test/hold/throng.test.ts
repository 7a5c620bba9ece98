import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { findWorkerds, readMemory } from "../support/memory.ts";
import { ADA, signUp } from "../support/people.ts";
import { secondsSince } from "./rounds.ts";
import { readRows } from "./snapshot.ts";

/** `npm run test:hold` lets 100 in, alone on the machine: beside other tests so many would wait past deadlines that are real. */
const THRONG = Number(process.env["GATEHOUSE_THRONG"] ?? 20);
const TIMEOUT_MILLISECONDS = 120_000;

/** Of an isolate on the platform. A hash takes 19 of them, so more than a few at a time would not fit. */
const GROWTH_MAX_MEGABYTES = 128;

describe("many sign-ins", () => {
  let gatehouse: Gatehouse;
  let before: readonly number[] | null;
  beforeAll(async () => {
    before = findWorkerds();
    gatehouse = await startGatehouse({ SOURCE_POSTS_MAX: "1000000" });
  });
  afterAll(() => gatehouse.close());

  const addressOf = (index: number) => `person${index}@example.com`;

  /** Everybody has Ada's password, and its hash: only signing in is to take time. */
  const settleIn = async () => {
    await signUp(gatehouse);
    const [key] = (await readRows(gatehouse)).keys;
    for (let index = 0; index < THRONG; index += 1) {
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

  test(
    `${THRONG} at once, each to another account: everybody gets in`,
    async () => {
      await settleIn();
      const workerds = findWorkerds()?.filter((id) => !before?.includes(id)) ?? [];
      const memory = workerds.map((id) => ({ id, before: readMemory(id).megabytes }));
      const startedAt = performance.now();
      const people = Array.from({ length: THRONG }, () => gatehouse.browser());
      const answers = await Promise.all(
        people.map((browser, index) =>
          browser.post("/auth/signin", new URLSearchParams({ email: addressOf(index), password: ADA.password })),
        ),
      );
      const seconds = secondsSince(startedAt);
      const growth = Math.max(0, ...memory.map(({ id, before }) => readMemory(id).peakMegabytes - before));
      if (THRONG >= 100) console.log({ signinsAtOnce: THRONG, seconds, memoryGrowthMegabytes: Math.round(growth) });
      expect(answers.filter(({ status }) => status !== 303).map(({ status }) => status)).toEqual([]);
      const inside = await Promise.all(people.map(async (browser) => (await browser.open("/app")).status));
      expect(inside.filter((status) => status !== 200)).toEqual([]);
      if (memory.length === 0) console.warn("Left out: the memory of workerd: this system has no /proc");
      expect(growth).toBeLessThan(GROWTH_MAX_MEGABYTES);
    },
    TIMEOUT_MILLISECONDS,
  );
});
