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
 * Fifty at once take some 5 s, for passwords are hashed one after the other: every twentieth round is such a crowd. The
 * others are few enough to meet in the stores before their hashes have drawn them apart.
 */
const FEW = 6;
const CROWDED_EVERY = 20;
/** In every run only one, which is a crowd. */
const CONCURRENCY_ROUNDS = ROUNDS < 100 ? 1 : ROUNDS;

const RESET = "/auth/reset-password";
const FRESH = { password: "difference engine 1822", passwordConfirmation: "difference engine 1822" };

describe.skipIf(enginesAreMissing())(`a crowd at once, ${CONCURRENCY_ROUNDS} rounds`, () => {
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
    `${CROWD} sign-ups for one address make one user with one key, and nobody after them is kept waiting`,
    here,
    async () => ({ owner: gatehouse.browser() }),
    async ({ number, race }) => {
      const people = participants(number).map(() => gatehouse.browser());
      const answers = await race(people.map((browser) => () => join(browser, ADA.email)));
      // Whoever is not first is recognised by the password, which may be tried ten times at once.
      expect(answers.filter(({ status }) => status !== 303 && status !== 429)).toEqual([]);
      const entered = answers.filter(({ status }) => status === 303).length;
      expect(entered).toBeGreaterThan(people.length > FEW ? 0 : FEW - 1);
      expect([await count("users"), await count("keys")]).toEqual([1, 1]);
      expect((await join(gatehouse.browser(), "next@example.com")).status).toBe(303);
    },
    CONCURRENCY_ROUNDS,
  );

  inRounds(
    `of ${CROWD} uses of one link to a new password one succeeds`,
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
      // On a machine that is busy otherwise some wait too long for the row; they changed nothing, and learn it when they ask again.
      expect(answers.filter(({ status }) => ![303, 410, 503].includes(status))).toEqual([]);
      for (const [index, { status }] of answers.entries()) {
        const browser = people[index];
        if (status === 503 && browser) expect((await use(browser)).status).toBe(410);
      }
      const late = gatehouse.browser();
      const page = await late.follow(await late.open(link));
      expect([page.status, page.title]).toEqual([410, `This link no longer works · ${brand.name}`]);
      // Nobody had verified the email, so the account that had it was replaced, once.
      const { rows } = await gatehouse.database.execute<{ id: string; session_epoch: number }>("select * from users");
      expect(rows).toMatchObject([{ session_epoch: 0 }]);
      expect(rows[0]?.id).not.toBe(userIdOf(owner));
    },
    CONCURRENCY_ROUNDS,
  );
});
