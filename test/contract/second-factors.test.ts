import { createHmac, hkdfSync } from "node:crypto";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Log, LogLevel, Miniflare } from "miniflare";
import { Secret, TOTP } from "otpauth";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { open, openField, seal, sealField } from "../../src/auth/secret-keys.ts";
import { parseSecretKeys } from "../../src/config/config-values.ts";
import type { Task } from "../support/second-factors-worker.ts";

const STEP = 30_000;
const NOW = Date.UTC(2026, 10, 27, 12);
const BINDING = "totp|ada";
const SECRET_KEYS = [2, 1].map((byte) => `k${byte}:${Buffer.alloc(32, byte).toString("base64url")}`).join(",");
const RFC_SECRET = Buffer.from("12345678901234567890");

/** RFC 6238, appendix B: seconds, and the last six of the eight digits. */
const RFC_CODES = [
  [59, "287082"],
  [1_111_111_109, "081804"],
  [1_111_111_111, "050471"],
  [1_234_567_890, "005924"],
  [2_000_000_000, "279037"],
  [20_000_000_000, "353130"],
] as const;

const TOTP_MAX_MILLISECONDS = 1;
const ROUNDS = 500;

interface Answer {
  readonly steps: readonly (number | null)[];
  readonly opened: readonly [bytes: string, isOutdated: boolean] | null;
  readonly sealed: string;
  readonly field: string;
  readonly mac: string;
}

describe("in workerd", () => {
  const parsed = parseSecretKeys(SECRET_KEYS);
  if ("problem" in parsed) throw new Error(parsed.problem);
  const keys = parsed.value;
  const field = { purpose: "field", subject: BINDING };
  let miniflare: Miniflare;
  const run = async (changes: Partial<Task> = {}) => {
    const task: Task = {
      secretKeys: SECRET_KEYS,
      secret: RFC_SECRET.toString("base64url"),
      codes: [],
      binding: BINDING,
      expiresAt: NOW,
      sealed: "",
      field: "",
      ...changes,
    };
    const response = await miniflare.dispatchFetch("http://worker.test/", {
      method: "POST",
      body: JSON.stringify(task),
    });
    if (response.status !== 200) throw new Error(await response.text());
    return (await response.json()) as Answer;
  };

  beforeAll(async () => {
    const entry = fileURLToPath(new URL("../support/second-factors-worker.ts", import.meta.url));
    const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: "esm", write: false });
    const { compatibilityDate, compatibilityFlags } = inject("workerSettings");
    miniflare = new Miniflare({
      cf: false,
      logRequests: false,
      enableDevRegistry: false,
      telemetry: { enabled: false },
      log: new Log(LogLevel.NONE),
      workers: [
        {
          config: {
            name: "second-factors",
            compatibilityDate,
            compatibilityFlags: [...compatibilityFlags],
            manifest: {
              mainModule: "index.js",
              modulesRoot: "/",
              modules: { "index.js": { type: "esm", contents: outputFiles[0]?.text ?? "" } },
            },
            env: {},
          },
          dev: { rootPath: "/" },
        },
      ],
    });
    await miniflare.ready;
  });
  afterAll(() => miniflare.dispose());

  test("the codes of RFC 6238 belong to their steps, and those two steps away to none", async () => {
    const near = RFC_CODES.map(([seconds, code]) => [code, seconds * 1_000] as const);
    const far = RFC_CODES.map(([seconds, code]) => [code, seconds * 1_000 + 2 * STEP] as const);
    const { steps } = await run({ codes: [...near, ...far] });
    expect(steps).toEqual([...near.map(([, now]) => Math.floor(now / STEP)), ...far.map(() => null)]);
  });

  test("what Node has sealed opens, and the reverse, with the same keys", async () => {
    const answer = await run({
      sealed: await seal([keys[1] ?? keys[0]], "totp", BINDING, new Uint8Array(RFC_SECRET)),
      field: await sealField(keys, { ...field, expiresAt: NOW }, ["from Node"]),
    });
    expect(answer).toMatchObject({
      opened: [RFC_SECRET.toString("base64url"), true],
      openedForAnother: null,
      value: ["from Node"],
      expired: null,
    });
    expect(await open(keys, "totp", BINDING, answer.sealed)).toEqual({
      bytes: new Uint8Array(RFC_SECRET),
      isOutdated: false,
    });
    expect(await openField(keys, field, answer.field, NOW - 1)).toEqual(["from workerd"]);
    const challengeKey = Buffer.from(hkdfSync("sha256", Buffer.alloc(32, 2), "", "gatehouse challenge", 32));
    expect(answer.mac).toBe(createHmac("sha256", challengeKey).update(BINDING).digest("hex"));
  });

  test("changed text opens to null, and throws nothing", async () => {
    const sealed = await seal(keys, "totp", BINDING, new Uint8Array(RFC_SECRET));
    for (const text of [`${sealed.slice(0, -2)}AA`, sealed.replace("k2", "k1"), sealed.slice(0, 30), "k2.", "", "\0"]) {
      expect([text, (await run({ sealed: text })).opened]).toEqual([text, null]);
    }
  });

  test(`a code is checked in at most ${TOTP_MAX_MILLISECONDS} ms`, async () => {
    const totp = new TOTP({ secret: new Secret({ buffer: new Uint8Array(RFC_SECRET).buffer }) });
    const codes = Array.from(
      { length: ROUNDS },
      (_, round) => [totp.generate({ timestamp: NOW + round * STEP }), NOW + round * STEP] as const,
    );
    const times: number[] = [];
    for (let sample = 0; sample < 5; sample += 1) {
      const startedAt = performance.now();
      const { steps } = await run({ codes });
      times.push((performance.now() - startedAt) / ROUNDS);
      expect(steps).toEqual(codes.map(([, now]) => now / STEP));
    }
    console.log(`milliseconds for a code: ${times.map((time) => time.toFixed(3)).join(", ")}`);
    expect(Math.min(...times)).toBeLessThanOrEqual(TOTP_MAX_MILLISECONDS);
  });
});
