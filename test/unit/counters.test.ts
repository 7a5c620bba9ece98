import { expect, test } from "vitest";
import { consume } from "../../src/store/counters.ts";
import type { Command, Redis } from "../../src/store/redis.ts";
import { StoreUnavailable } from "../../src/store/upstream.ts";

const WINDOW = { name: "attempts", max: 1, seconds: 60 } as const;
const LIMIT = { counter: "attempts", key: "k", knownKey: "k:d", countsRefused: false, windows: [WINDOW] } as const;
const DEVICE = { list: "devices:k", member: "d" } as const;

const answering = (answer: unknown) => (() => Promise.resolve(answer)) as Redis;

test.each([
  [[]],
  [""],
  [null],
  [{}],
  [0],
  [[0, 0]],
  [[0, 0, 0]],
  [[5, 7, 0, 0]],
  [[900_000]],
  [["0", "0", "0", "3"]],
  [[-1, 0, 0, 3]],
  [[0, 0, 2, 3]],
  [[0, 0, 0, 4]],
  [[0, 0, 0, -1]],
])("the limiter rejects the malformed result %j of its script", async (answer) => {
  await expect(consume(answering(answer), [LIMIT])).rejects.toThrow(StoreUnavailable);
});

test("the limiter reads every valid result of its script", async () => {
  const at = expect.any(Number);
  expect(await consume(answering([0, 0, 0, 3]), [LIMIT], DEVICE)).toEqual({
    allowed: true,
    attempt: { counters: ["window:attempts:k"], at, byKnownDevice: false, left: 3 },
  });
  expect(await consume(answering([0, 0, 1, 0]), [LIMIT], DEVICE)).toEqual({
    allowed: true,
    attempt: { counters: ["window:attempts:k:d"], at, byKnownDevice: true, left: 0 },
  });
  expect(await consume(answering([1_500, 1, 0, 3]), [LIMIT])).toEqual({
    allowed: false,
    window: WINDOW,
    retryAfterSeconds: 2,
  });
});

test("the limiter declares every key that its script touches, and none of a device if there is no device", async () => {
  const keysFor = async (device: typeof DEVICE | null) => {
    const sent: Command[] = [];
    const redis = ((_operation: string, command: Command) => {
      sent.push(command);
      return Promise.resolve([0, 0, 0, 3]);
    }) as Redis;
    await consume(redis, [LIMIT, { ...LIMIT, counter: "ip", key: "s", knownKey: "s" }], device);
    const [, script = "", count = 0, ...rest] = sent[0] ?? [];
    expect(script).not.toContain("..");
    return rest.slice(0, Number(count));
  };
  expect(await keysFor(null)).toEqual(["window:attempts:k", "window:ip:s"]);
  expect(await keysFor(DEVICE)).toEqual(["devices:k", "window:attempts:k", "window:attempts:k:d", "window:ip:s"]);
});
