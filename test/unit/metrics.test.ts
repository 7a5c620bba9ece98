import { expect, test, vi } from "vitest";
import { createLog } from "../../src/request/log.ts";

test("every event is counted under its name, with its group and its duration", () => {
  const print = vi.spyOn(console, "log").mockImplementation(() => {});
  const points: unknown[] = [];
  const log = createLog({ writeDataPoint: (point) => void points.push(point) });
  log("request-failed", { requestId: "r", store: "redis", operation: "PING", reason: "deadline", milliseconds: 1_500 });
  log("limit-reached", { requestId: "r", limit: "ip" });
  expect(points).toEqual([
    { indexes: ["request-failed"], blobs: ["request-failed", "redis", null, null], doubles: [1_500] },
    { indexes: ["limit-reached"], blobs: ["limit-reached", null, "ip", null], doubles: [0] },
  ]);
  expect(print).toHaveBeenCalledTimes(2);
});

test("without a data set an event is only logged", () => {
  const print = vi.spyOn(console, "log").mockImplementation(() => {});
  createLog(null)("self-check", { database: "ok", redis: "ok" });
  const [[line]] = print.mock.calls as [[string]];
  expect(JSON.parse(line)).toEqual({ time: expect.any(String), event: "self-check", database: "ok", redis: "ok" });
});
