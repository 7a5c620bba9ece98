import { setTimeout as sleep } from "node:timers/promises";
import { expect, inject } from "vitest";
import { once } from "../../src/request/once.ts";
import type { Browser, Page } from "../support/browser.ts";
import type { Gatehouse } from "../support/gatehouse.ts";
import { type Contest, inRounds, type Prepared } from "./rounds.ts";

/** Longer than any round takes, so that no write reaches a replica. */
const LAG_MILLISECONDS = 10 * 60_000;

/** When the leader fails during a race: the most recent writes that it loses, and the time until it fails. */
const LOST_MAX_MILLISECONDS = 150;
const FAILS_WITHIN_MILLISECONDS = 150;

/** The response to one call of an operation is delayed. The call and the delay differ from round to round. */
const LATE_MAX_MILLISECONDS = 150;
const LATE_AMONG_CALLS = 3;

const EVERY_MINUTE = "* * * * *";

type RedisState = "sound" | "lagging" | "losing writes";

/** A contest in which Redis is in one of its states. */
export interface DisturbedContest extends Contest {
  /** Whether Redis may lose writes, both of a sign-in and of a revocation. */
  readonly losesWrites: boolean;
  /**
   * Waits until all work is done and Redis is sound. If writes were lost, also runs the scheduled handler, which
   * repeats revocations.
   */
  recover(): Promise<void>;
  /** Fails if a browser is still signed in. If writes were lost, checks only after `recover`. */
  expectSignedOut(browsers: readonly Browser[]): Promise<void>;
}

export const isSignedIn = async (browser: Browser): Promise<boolean> => (await browser.open("/app")).status === 200;

/**
 * Defines a race for each state of Redis. In each round, one call of each of `lateOperations` may get a late response.
 * A real Redis has no replicas here.
 */
export function inRoundsOfEachState(
  title: string,
  gatehouse: () => Gatehouse,
  lateOperations: readonly string[],
  prepare: (gatehouse: Gatehouse) => Promise<Prepared>,
  round: (contest: DisturbedContest) => Promise<void>,
): void {
  // Only the embedded Redis lags and loses writes. The sound state runs once, on real engines where they are installed.
  const sound: readonly RedisState[] = inject("engines") === "real" || inject("realEngines") === null ? ["sound"] : [];
  const states: readonly RedisState[] = inject("engines") === "real" ? sound : [...sound, "lagging", "losing writes"];
  for (const state of states) {
    inRounds(`${title}; Redis is ${state}`, gatehouse, prepare, (contest) =>
      round(disturb(contest, state, lateOperations)),
    );
  }
}

function disturb(contest: Contest, state: RedisState, lateOperations: readonly string[]): DisturbedContest {
  const { gatehouse, random, number } = contest;
  const { redis, traffic } = gatehouse.standIns;
  const losesWrites = state === "losing writes";
  // In the other half of the rounds, all writes of the race are lost after it.
  const failsMeanwhile = losesWrites && number % 2 === 0;

  const fail = async () => {
    if (!failsMeanwhile) return;
    await sleep(random() * FAILS_WITHIN_MILLISECONDS);
    redis.failOver();
  };

  const recover = once(async () => {
    traffic.restore();
    await gatehouse.settle();
    if (losesWrites && !failsMeanwhile) redis.failOver();
    if (state !== "sound") redis.setLag(0);
    if (losesWrites) expect(await gatehouse.runScheduled(Date.now(), EVERY_MINUTE)).toBe("ok");
  });

  return {
    ...contest,
    losesWrites,
    recover,
    race: async (contestants: readonly (() => Promise<Page>)[]) => {
      if (state !== "sound") redis.setLag(failsMeanwhile ? 1 + random() * LOST_MAX_MILLISECONDS : LAG_MILLISECONDS);
      for (const operation of lateOperations) {
        const skip = Math.floor(random() * LATE_AMONG_CALLS);
        traffic.inject({ fault: { kind: "late", ms: random() * LATE_MAX_MILLISECONDS }, operation, skip, times: 1 });
      }
      const [pages] = await Promise.all([contest.race(contestants), fail()]);
      return pages;
    },
    expectSignedOut: async (browsers) => {
      const signedIn = async () => (await Promise.all(browsers.map(isSignedIn))).filter(Boolean).length;
      if (!losesWrites) expect(await signedIn(), "at once").toBe(0);
      await recover();
      expect(await signedIn(), "in the end").toBe(0);
    },
  };
}
