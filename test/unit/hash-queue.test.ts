import { afterAll, beforeAll, expect, test, vi } from "vitest";
import {
  admitToHashing,
  HASH_QUEUE_MAX,
  HASH_QUEUE_OF_SOURCE_MAX,
  HashQueueFull,
  withHashSlot,
} from "../../src/auth/credentials/password/hash-queue.ts";

// All tests share one clock, because the queue stores the time when the last hash ended.
beforeAll(() => void vi.useFakeTimers());
afterAll(() => void vi.useRealTimers());

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

test("hashes run one at a time, in the order of their requests", async () => {
  const order: number[] = [];
  let running = 0;
  let most = 0;
  const all = Array.from({ length: 20 }, (_, number) =>
    withHashSlot(async () => {
      running += 1;
      most = Math.max(most, running);
      await sleep(25);
      order.push(number);
      running -= 1;
    }),
  );
  await pass(2_000);
  await Promise.all(all);
  expect(order).toEqual(Array.from({ length: 20 }, (_, number) => number));
  expect(most).toBe(1);
});

test(`while ${HASH_QUEUE_MAX} requests are admitted, the next one is refused before it does anything`, async () => {
  let started = 0;
  const run = () =>
    admitToHashing(null, async () => {
      started += 1;
      await withHashSlot(() => sleep(25));
    });
  const admitted = Array.from({ length: HASH_QUEUE_MAX }, run);
  await expect(run()).rejects.toBeInstanceOf(HashQueueFull);
  expect(started).toBe(HASH_QUEUE_MAX);
  await pass(6_000);
  await Promise.all(admitted);
  const next = run();
  await pass(100);
  await next;
  expect(started).toBe(HASH_QUEUE_MAX + 1);
});

test("a request that the platform has cancelled frees its place after half a minute", async () => {
  for (let count = 0; count < HASH_QUEUE_MAX; count += 1) void admitToHashing(null, () => new Promise(() => {}));
  await expect(admitToHashing(null, async () => "done")).rejects.toBeInstanceOf(HashQueueFull);
  await pass(31_000);
  await expect(admitToHashing(null, async () => "done")).resolves.toBe("done");
});

test("one ip gets at most half of the places", async () => {
  const run = (source: string) => admitToHashing(source, () => withHashSlot(() => sleep(25)));
  const admitted = Array.from({ length: HASH_QUEUE_OF_SOURCE_MAX }, () => run("203.0.113.7"));
  await expect(run("203.0.113.7")).rejects.toBeInstanceOf(HashQueueFull);
  admitted.push(run("203.0.113.8"));
  await pass(6_000);
  await Promise.all(admitted);
});

test("if hashes are slow, fewer requests are admitted, so that each runs in time", async () => {
  const slow = () => admitToHashing(null, () => withHashSlot(() => sleep(190)));
  for (let count = 0; count < 30; count += 1) {
    const one = slow();
    await pass(300);
    await one;
  }
  const participants = Array.from({ length: HASH_QUEUE_MAX }, slow);
  const results = Promise.allSettled(participants);
  await pass(10_000);
  const done = (await results).filter(({ status }) => status === "fulfilled").length;
  expect(done).toBeGreaterThan(15);
  expect(done).toBeLessThan(30);
  // Requests that were not refused at once are not refused later either.
  expect((await results).findLastIndex(({ status }) => status === "fulfilled")).toBe(done - 1);
});

test("no request waits for longer than six seconds", async () => {
  const long = withHashSlot(() => sleep(900));
  const others = Array.from({ length: 10 }, () => withHashSlot(() => sleep(900)));
  const results = Promise.allSettled(others);
  await pass(20_000);
  await long;
  const refused = (await results).filter(
    (result) => result.status === "rejected" && result.reason instanceof HashQueueFull,
  );
  expect(refused.length).toBeGreaterThan(2);
  expect(refused.length).toBeLessThan(9);
});

test("a hash that fails starts the next one", async () => {
  const failing = withHashSlot(() => Promise.reject(new Error("no memory")));
  failing.catch(() => {});
  const next = withHashSlot(async () => "done");
  await pass(1_000);
  await expect(failing).rejects.toThrow("no memory");
  await expect(next).resolves.toBe("done");
});
