import { afterAll, beforeAll, beforeEach, describe, expect } from "vitest";
import { brand } from "../../src/brand.ts";
import type { Browser } from "../support/browser.ts";
import { DEPLOYED_BUNDLE, enginesAreMissing, type Gatehouse, startGatehouse } from "../support/gatehouse.ts";
import { linkIn } from "../support/inbox.ts";
import { ADA, signUp } from "../support/people.ts";
import { userIdOf } from "../support/stored.ts";
import { inRounds, ROUNDS } from "./rounds.ts";

const CROWD = 50;
/**
 * Fifty concurrent requests take some 5 s, because passwords are hashed one after the other. Every twentieth round has
 * that many. The other rounds have few enough to meet in the stores before their hashes have spread them out.
 */
const FEW = 6;
const CROWDED_EVERY = 20;
/** Every ordinary run has a single round, with the full number of requests. */
const CONCURRENCY_ROUNDS = ROUNDS < 100 ? 1 : ROUNDS;

const RESET = "/auth/reset-password";
const FRESH = { password: "difference engine 1822", passwordConfirmation: "difference engine 1822" };

describe.skipIf(enginesAreMissing())(`many requests at once, ${CONCURRENCY_ROUNDS} rounds`, () => {
  let gatehouse: Gatehouse;
  beforeAll(async () => {
    gatehouse = await startGatehouse({ SOURCE_POSTS_MAX: "1000000" }, DEPLOYED_BUNDLE);
  });
  beforeEach(() => gatehouse.reset());
  afterAll(() => gatehouse.close());
  const here = () => gatehouse;
  const participants = (number: number) => Array.from({ length: number % CROWDED_EVERY === 0 ? CROWD : FEW });
  const join = (browser: Browser, email: string) =>
    browser.post("/auth/signup", new URLSearchParams({ ...ADA.signup, email }));
  const count = async (table: "users" | "keys") =>
    (await gatehouse.database.execute(`select id from \`${table}\``)).rows.length;

  inRounds(
    `${CROWD} sign-ups for one email create one user with one key, and the next sign-up does not wait`,
    here,
    async () => ({ owner: gatehouse.browser() }),
    async ({ number, race }) => {
      const people = participants(number).map(() => gatehouse.browser());
      const answers = await race(people.map((browser) => () => join(browser, ADA.email)));
      // A later sign-up is signed in to the account by its password, which is limited to ten attempts.
      expect(answers.filter(({ status }) => status !== 303 && status !== 429)).toEqual([]);
      const entered = answers.filter(({ status }) => status === 303).length;
      expect(entered).toBeGreaterThan(people.length > FEW ? 0 : FEW - 1);
      expect([await count("users"), await count("keys")]).toEqual([1, 1]);
      expect((await join(gatehouse.browser(), "next@example.com")).status).toBe(303);
    },
    CONCURRENCY_ROUNDS,
  );

  inRounds(
    `of ${CROWD} uses of one reset link exactly one succeeds`,
    here,
    async () => {
      const owner = await signUp(gatehouse);
      await owner.post("/auth/forgot-password", new URLSearchParams({ email: ADA.email }));
      const link = linkIn(await gatehouse.inbox.newest(ADA.email, 2), `${RESET}/`);
      await owner.open(link);
      return { owner, fact: link };
    },
    async ({ number, owner, copyOf, race, fact: link }) => {
      const people = participants(number).map(() => copyOf(owner));
      const use = (browser: Browser) => browser.post(RESET, new URLSearchParams(FRESH));
      const answers = await race(people.map((browser) => () => use(browser)));
      expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
      // On a busy machine, some requests wait too long for the row. They change nothing, and get a 410 when they are
      // repeated.
      expect(answers.filter(({ status }) => ![303, 410, 503].includes(status))).toEqual([]);
      for (const [index, { status }] of answers.entries()) {
        const browser = people[index];
        if (status === 503 && browser) expect((await use(browser)).status).toBe(410);
      }
      const late = gatehouse.browser();
      const page = await late.follow(await late.open(link));
      expect([page.status, page.title]).toEqual([410, `This link no longer works · ${brand.name}`]);
      // The email was not verified, so the account with that email is replaced, exactly once.
      const { rows } = await gatehouse.database.execute<{ id: string; session_epoch: number }>("select * from users");
      expect(rows).toMatchObject([{ session_epoch: 0 }]);
      expect(rows[0]?.id).not.toBe(userIdOf(owner));
    },
    CONCURRENCY_ROUNDS,
  );
});
