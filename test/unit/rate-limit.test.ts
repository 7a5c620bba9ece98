import { expect, test } from "vitest";
import { takeAllowance } from "../../src/store/rate-limit.ts";
import type { Redis } from "../../src/store/redis.ts";
import { StoreUnavailable } from "../../src/store/upstream.ts";

const LIMIT = {
  name: "guess",
  key: "k",
  max: 1,
  windowSeconds: 60,
  sparesAcquaintances: false,
  countsRefused: false,
} as const;

const answering = (answer: unknown) => (() => Promise.resolve(answer)) as Redis;

test.each([[[]], [""], [null], [{}], [0], [[5, 7]], [[900_000]], [["0", "0"]], [[-1, 0]]])(
  "an answer of the limiter that is none, %j, lets nothing through",
  async (answer) => {
    await expect(takeAllowance(answering(answer), [LIMIT])).rejects.toThrow(StoreUnavailable);
  },
);

test("an answer of the limiter is taken as it is meant", async () => {
  expect(await takeAllowance(answering([0, 0]), [LIMIT])).toEqual({ allowed: true });
  expect(await takeAllowance(answering([1_500, 0]), [LIMIT])).toEqual({
    allowed: false,
    limit: LIMIT,
    retryAfterSeconds: 2,
  });
});
