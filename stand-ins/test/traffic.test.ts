import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Call, countInSeries, type Fault } from "../src/traffic.ts";
import { startUpstash, TOKEN, type UpstashStandIn } from "./support/upstash.ts";

let standIn: UpstashStandIn;

beforeAll(async () => {
  standIn = await startUpstash({});
});
afterAll(() => standIn?.close());
afterEach(async () => {
  standIn.traffic.restore();
  await standIn.reset();
  standIn.traffic.clear();
});

const CLIENT_TIMEOUT_MS = 300;

/** Sends SET with a fault. Returns the response or error name, whether the value was stored, and the noted status. */
async function setThrough(fault: Fault) {
  standIn.traffic.inject({ fault, service: "redis", operation: "SET" });
  const answer = await fetch(standIn.url, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify(["SET", "key", "value"]),
    signal: AbortSignal.timeout(CLIENT_TIMEOUT_MS),
  }).then(
    async (response) => ({
      status: response.status,
      type: response.headers.get("content-type"),
      text: await response.text(),
    }),
    (error: Error) => error.name,
  );
  const stored = (await standIn.connect().get("key")) === "value";
  return { answer, stored, noted: standIn.traffic.calls[0]?.status };
}

describe("a fault is seen by the caller as it is named", () => {
  test("refuse: the connection breaks and nothing is done", async () => {
    expect(await setThrough({ kind: "refuse" })).toEqual({ answer: "TypeError", stored: false, noted: "lost" });
  });

  test("hang: no answer, nothing done, counted all the same", async () => {
    expect(await setThrough({ kind: "hang" })).toEqual({ answer: "TimeoutError", stored: false, noted: "hung" });
  });

  test("hang: restore() breaks the connection", async () => {
    standIn.traffic.inject({ fault: { kind: "hang" } });
    const answer = standIn.connect().get("key");
    const refused = expect(answer).rejects.toThrow("fetch failed");
    while (standIn.traffic.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(standIn.traffic.calls[0]).toMatchObject({ operation: "GET", status: "hung", endedAt: Infinity });
    standIn.traffic.restore();
    await refused;
  });

  test("late: done, and answered after the time", async () => {
    const startedAt = performance.now();
    const { answer, stored } = await setThrough({ kind: "late", ms: 60 });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(59);
    expect(answer).toMatchObject({ status: 200, text: '{"result":"OK"}' });
    expect(stored).toBe(true);
  });

  test("a response later than the caller's timeout: executed, and the call is recorded as lost", async () => {
    expect(await setThrough({ kind: "late", ms: 800 })).toEqual({
      answer: "TimeoutError",
      stored: true,
      noted: "lost",
    });
  });

  test.each([500, 429])("status %i: a plain body and nothing done", async (status) => {
    const { answer, stored, noted } = await setThrough({ kind: "status", status });
    expect(answer).toMatchObject({ status, type: "text/plain; charset=utf-8" });
    expect([stored, noted]).toEqual([false, status]);
  });

  test("html: a page with status 200 and nothing done", async () => {
    const { answer, stored } = await setThrough({ kind: "html" });
    expect(answer).toMatchObject({ status: 200, type: "text/html" });
    expect(stored).toBe(false);
  });

  test("truncated: done, and half of the JSON", async () => {
    const { answer, stored } = await setThrough({ kind: "truncated" });
    expect(answer).toMatchObject({ status: 200, text: '{"resul' });
    expect(stored).toBe(true);
  });

  test("lostAnswer: done, and the connection breaks", async () => {
    expect(await setThrough({ kind: "lostAnswer" })).toEqual({ answer: "TypeError", stored: true, noted: "lost" });
  });
});

test("a rule aims at a service and an operation, skips some calls, hits some, and ends at restore()", async () => {
  const redis = standIn.connect();
  const fault: Fault = { kind: "refuse" };
  const outcome = (call: Promise<unknown>) =>
    call.then(
      () => "answered",
      () => "broken",
    );
  standIn.traffic.inject({ fault, service: "database" });
  standIn.traffic.inject({ fault, operation: "GET", skip: 1, times: 2 });
  standIn.traffic.inject({ fault, operation: /^SET\+/g });
  const outcomes: string[] = [];
  for (let round = 0; round < 4; round += 1) outcomes.push(await outcome(redis.get("key")));
  expect(outcomes).toEqual(["answered", "broken", "broken", "answered"]);
  expect(await outcome(redis.mget("key"))).toBe("answered");
  expect(await outcome(redis.pipeline().set("a", 1).get("a").exec())).toBe("broken");
  expect(await outcome(redis.multi().set("a", 1).get("a").exec())).toBe("broken");
  standIn.traffic.restore();
  expect(await outcome(redis.pipeline().set("a", 1).get("a").exec())).toBe("answered");
  expect(standIn.traffic.calls.map(({ operation }) => operation)).toEqual([
    ..."GET ".repeat(4).trim().split(" "),
    "MGET",
    "SET+GET",
    "SET+GET",
    "SET+GET",
  ]);
});

test("a rule aims at a script by the name in its first line, and at no other", async () => {
  const redis = standIn.connect();
  standIn.traffic.inject({ fault: { kind: "refuse" }, operation: "EVAL read session" });
  const flags = "#!lua flags=allow-key-locking";
  for (const named of ["-- read session\nreturn 1", `${flags}\n-- read session\nreturn 1`]) {
    await expect(redis.eval(named, [], [])).rejects.toThrow("fetch failed");
    await expect(redis.multi().eval(named, [], []).set("a", 1).exec()).resolves.toEqual([1, "OK"]);
  }
  const unnamed = [
    "return 1 -- read session",
    "\n-- read session\nreturn 1",
    `${flags}\nreturn 1`,
    "--[[ x ]] return 1",
  ];
  for (const script of unnamed) expect(await redis.eval(script, [], [])).toBe(1);
  expect(standIn.traffic.calls.map(({ operation }) => operation)).toEqual([
    "EVAL read session",
    "EVAL read session+SET",
    "EVAL read session",
    "EVAL read session+SET",
    "EVAL",
    "EVAL",
    "EVAL",
    "EVAL",
  ]);
});

test("calls in series are counted, calls at the same time count once", async () => {
  const redis = standIn.connect();
  standIn.traffic.delayMs = 50;
  await Promise.all([redis.get("a"), redis.get("b"), redis.get("c").then(() => redis.get("d"))]);
  await redis.get("e");
  expect(standIn.traffic.calls).toHaveLength(5);
  expect(countInSeries(standIn.traffic.calls)).toBe(3);
});

test("the longest chain is found among calls of any length", () => {
  const call = (startedAt: number, endedAt: number): Call => ({
    service: "redis",
    operation: "GET",
    status: 200,
    startedAt,
    endedAt,
  });
  expect(countInSeries([])).toBe(0);
  expect(countInSeries([call(0, 10), call(1, 2), call(3, 4), call(5, 9), call(11, 13)])).toBe(4);
  expect(countInSeries([call(0, 5), call(5, 6)])).toBe(1);
  expect(countInSeries([call(0, Infinity), call(1, 2)])).toBe(1);
});

test("a request with another host's name is refused and not counted", async () => {
  const { request } = await import("node:http");
  const status = await new Promise((resolve) => {
    request(standIn.url, { method: "POST", headers: { host: "rebound.example:80" } }, ({ statusCode }) =>
      resolve(statusCode),
    ).end("[]");
  });
  expect(status).toBe(403);
  expect(standIn.traffic.calls).toHaveLength(0);
});
