import { setTimeout as sleep } from "node:timers/promises";
import { test } from "vitest";
import type { Browser, Page } from "../support/browser.ts";
import type { Gatehouse } from "../support/gatehouse.ts";
import { SEED_NOTE, seededRandom } from "./seed.ts";
import { putBack, takeSnapshot } from "./snapshot.ts";

/** A few in every run; `npm run test:resilience` takes 200 of each. */
export const ROUNDS = Number(process.env["GATEHOUSE_RACE_ROUNDS"] ?? 4);
const ROUND_MAX_MS = 5_000;

/** What runs at once starts up to this much apart, so that the rounds meet at different points. */
const SPREAD_MS = 40;

export interface Contest {
  readonly gatehouse: Gatehouse;
  /** Whose account it is, as the preparation has left them. */
  readonly owner: Browser;
  readonly fact: string;
  /** Counts from 0. */
  readonly number: number;
  /** Draws what differs from round to round. */
  readonly random: () => number;
  /** The same browser once more: with its cookies, and from then on by itself. */
  copyOf(browser: Browser): Browser;
  /** Lets each start a little apart from the others, by other distances in every round. */
  race(contestants: readonly (() => Promise<Page>)[]): Promise<Page[]>;
}

export interface Prepared {
  readonly owner: Browser;
  /** What the owner knows besides, such as a link that was mailed. */
  readonly fact?: string;
}

/**
 * A test that prepares once and then, round by round, puts the stores back to where that has led. A failure names the
 * seed and the round.
 */
export function inRounds(
  title: string,
  gatehouse: () => Gatehouse,
  prepare: (gatehouse: Gatehouse) => Promise<Prepared>,
  round: (contest: Contest) => Promise<void>,
  rounds = ROUNDS,
): void {
  test(
    title,
    async () => {
      const here = gatehouse();
      const { owner, fact = "" } = await prepare(here);
      await here.settle();
      const snapshot = await takeSnapshot(here);
      const startedAt = performance.now();
      for (let number = 0; number < rounds; number += 1) {
        here.takeLogs();
        await here.standIns.reset();
        await putBack(snapshot, here);
        await nameRound(number, () => round(createContest(here, owner, fact, number, title)));
        await here.settle();
      }
      if (rounds >= 100) console.log({ race: title, rounds, seconds: secondsSince(startedAt) });
    },
    rounds * ROUND_MAX_MS + 60_000,
  );
}

export function secondsSince(startedAt: number): number {
  return Math.round((performance.now() - startedAt) / 1_000);
}

export async function nameRound(number: number, round: () => Promise<void>): Promise<void> {
  try {
    await round();
  } catch (error) {
    if (error instanceof Error) error.message = `${SEED_NOTE}, round ${number}: ${error.message}`;
    throw error;
  }
}

function createContest(gatehouse: Gatehouse, owner: Browser, fact: string, number: number, title: string): Contest {
  const random = seededRandom(`${title} ${number}`);
  const copyOf = (browser: Browser) => {
    const copy = gatehouse.browser();
    for (const [name, value] of browser.cookies) copy.cookies.set(name, value);
    return copy;
  };
  return {
    gatehouse,
    owner: copyOf(owner),
    fact,
    number,
    random,
    copyOf,
    race: (contestants) => {
      const distances = contestants.map(() => random() * SPREAD_MS);
      const soonest = Math.min(...distances);
      return Promise.all(
        contestants.map(async (send, index) => {
          const distance = (distances[index] ?? 0) - soonest;
          if (distance >= 1) await sleep(distance);
          return send();
        }),
      );
    },
  };
}
