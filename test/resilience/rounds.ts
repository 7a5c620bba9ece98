import { setTimeout as sleep } from "node:timers/promises";
import { test } from "vitest";
import type { Browser, Page } from "../support/browser.ts";
import type { Gatehouse } from "../support/gatehouse.ts";
import { SEED_NOTE, seededRandom } from "./seed.ts";
import { putBack, takeSnapshot } from "./snapshot.ts";

/** The number of rounds of each race. `npm run test:resilience` runs 200. */
export const ROUNDS = Number(process.env["GATEHOUSE_RACE_ROUNDS"] ?? 5);
const ROUND_MAX_MS = 5_000;

/** Concurrent requests start up to this far apart, so that they meet at different points in each round. */
const SPREAD_MS = 40;

export interface Contest {
  readonly gatehouse: Gatehouse;
  /** The browser of the account's owner, in the state after the preparation. */
  readonly owner: Browser;
  readonly fact: string;
  /** The number of the round, from 0. */
  readonly number: number;
  /** Draws the random values of the round. */
  readonly random: () => number;
  /** A new browser with a copy of the cookies. */
  copyOf(browser: Browser): Browser;
  /** Starts each request a little apart from the others, at different distances in every round. */
  race(contestants: readonly (() => Promise<Page>)[]): Promise<Page[]>;
}

export interface Prepared {
  readonly owner: Browser;
  /** A fact that the owner knows, for example the mailed link. */
  readonly fact?: string;
}

/**
 * Defines a test that prepares a state once and restores it in the stores before every round. A failure names the seed
 * and the round.
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
