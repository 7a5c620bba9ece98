import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BundleCopy, copyBundle, withCheapHashes } from "../support/cheap-hashes.ts";
import { canReadCpuTime } from "../support/cpu-time.ts";
import { ADA } from "../support/people.ts";
import { describeRequest, oddCookieValues, PIECES, withCookie } from "./cost/hostile.ts";
import { Meter, settle } from "./cost/meter.ts";
import { BROWSER_HEADERS, type CostRequest } from "./cost/ordinary.ts";
import { CARL, type FACTOR_COOKIES, SESSION_COOKIE, type Visitor } from "./cost/scene.ts";
import { ORIGIN, type Service, startService } from "./cost/service.ts";
import {
  allowed,
  type Comparison,
  compare,
  findYardstick,
  measureLeast,
  openStage,
  type Pair,
  type Stage,
  shareOf,
} from "./cost/stage.ts";
import { secondsSince } from "./rounds.ts";
import { SEED_NOTE } from "./seed.ts";
import { takeSnapshot } from "./snapshot.ts";

/** `npm run test:resilience` sends 50,000. */
const REQUESTS = Number(process.env["GATEHOUSE_COST_REQUESTS"] ?? 2_000);

/** From this number on, the figures are printed and no round is skipped. */
const MANY = 10_000;

/**
 * After this number of requests, everybody signs in again: updating the metadata of an older session costs CPU time.
 */
const STAGE_REQUESTS = 2_000;
const STAGE_MAX_MILLISECONDS = 5 * 60_000;

/** The most expensive requests are measured again, so that a pause of the runtime does not hide a real finding. */
const CANDIDATES = 50;
const CANDIDATE_REPETITIONS = 2;
const WORST = 20;
const ROUNDS = REQUESTS >= MANY ? { rounds: 50 } : { rounds: 50, roundsMin: 8, clearShare: 0.75 };

/** For all cookies of a request. Longer ones are refused before they are read. */
const COOKIES_MAX_CHARACTERS = 8 * 1_024;

const withHeader = (name: string, value: string) => ({ headers: { [name]: value } });

/** Repeated groups of a pattern can split this text in every possible way. */
const dots = ".".repeat(20_000);

/** A hash takes 25 ms, and some of these take longer on a hot machine. */
const PASSWORD_RATIO_MAX = 1.25;
const PASSWORD_ROUNDS = 11;

/** Combining marks in the worst order for normalization: each of the second half moves before all of the first half. */
const sortedLate = (length: number) => "\u0301".repeat(length / 2) + "\u0327".repeat(length / 2);

/** A hostile request that can be drawn again by its number. */
interface DrawnPair extends Pair {
  readonly number: number;
}

describe.skipIf(!canReadCpuTime())("the cost of a request", () => {
  let bundle: BundleCopy;
  let service: Service;
  let stage: Stage;
  beforeAll(async () => {
    bundle = copyBundle(withCheapHashes);
    service = await startService(bundle.bundle);
    stage = await openStage(service);
  });
  afterAll(async () => {
    await service.close();
    bundle.remove();
  });

  /**
   * Finds the most expensive requests by their minimum over several measurements, which excludes pauses of the runtime.
   */
  const findWorst = async (numbers: readonly number[]): Promise<DrawnPair[]> => {
    const measured: { readonly pair: DrawnPair; readonly share: number }[] = [];
    for (const number of numbers) {
      const hostile = stage.draw(number);
      const least = await measureLeast(stage.meter, hostile, CANDIDATE_REPETITIONS);
      const ordinary = findYardstick(stage, hostile, least.status).request;
      measured.push({ pair: { number, hostile, ordinary }, share: shareOf(stage, hostile, least) });
    }
    return sortByShare(measured)
      .slice(0, WORST)
      .map(({ pair }) => pair);
  };

  test(
    `of ${REQUESTS} hostile requests none costs more than twice an ordinary one, or 3 ms more`,
    async () => {
      const startedAt = performance.now();
      const drawn: { readonly number: number; readonly share: number }[] = [];
      for (let number = 0; number < REQUESTS; number += 1) {
        if (number > 0 && number % STAGE_REQUESTS === 0) stage = await openStage(service);
        const request = stage.draw(number);
        drawn.push({ number, share: shareOf(stage, request, await stage.meter.measure(request)) });
      }
      const candidates = sortByShare(drawn).slice(0, CANDIDATES);
      const worst = await findWorst(candidates.map(({ number }) => number));
      const results = await compare(stage.meter, worst, ROUNDS);
      if (REQUESTS >= MANY) console.log({ cost: REQUESTS, seconds: secondsSince(startedAt) }, listFigures(results));
      const tooExpensive = results.filter(({ share }) => share > 1);
      expect(tooExpensive.map(describeComparison), SEED_NOTE).toEqual([]);
    },
    120_000 + REQUESTS * 100,
  );

  /** `status` selects the ordinary request to the route. `change` turns it into the hostile one. */
  const KNOWN: readonly [title: string, method: string, route: string, status: number, change: Partial<CostRequest>][] =
    [
      ["a form of a MiB", "POST", "/auth/signin", 422, { body: `email=${"a".repeat(1_048_576)}` }],
      ["a form in pieces", "POST", "/auth/signin", 422, { body: `email=${"a".repeat(1_000)}`, pieces: PIECES }],
      ["an email that is escaped", "POST", "/auth/signin", 422, { body: `email=${'"'.repeat(16_370)}` }],
      [
        "an email among invisible characters",
        "POST",
        "/auth/forgot-password",
        422,
        { body: `email=a${"\u200b".repeat(510)}a` },
      ],
      ["a form of many fields", "POST", "/auth/signin", 422, { body: "a=&".repeat(5_400) }],
      ["a browser that is hard to tell", "POST", "/auth/signin", 401, withHeader("User-Agent", `Version/${dots}`)],
      ["a language of many parts", "GET", "/auth/signin", 200, withHeader("Accept-Language", "a-".repeat(10_000))],
      ["many cookies", "GET", "/auth/signin", 200, withHeader("Cookie", "a=;".repeat(2_700))],
      ["a query of many parameters", "GET", "/auth/signin", 200, { path: `/auth/signin?${"a&".repeat(2_047)}` }],
      ["the same on the way to sign in", "GET", "/app", 303, { path: `/app?lang=de&${"a&".repeat(2_042)}` }],
      ["a parameter 4,000 times", "GET", "elsewhere", 404, { path: `/nowhere?${"a=1&".repeat(3_990)}` }],
      ["a path of many parts", "GET", "elsewhere", 404, { path: `/${"a/".repeat(8_000)}b` }],
    ];

  test("stays within the bound for requests that once exceeded it", async () => {
    const pairs = KNOWN.map(([title, method, route, status, change]) => {
      const yardstick = stage.yardsticks.find(
        ({ request, ...each }) =>
          request.method === method &&
          request.route === route &&
          request.visitor === "signed out" &&
          each.status === status,
      );
      if (yardstick === undefined) throw new Error(`No ${method} ${route} ends with ${status}`);
      const ordinary = yardstick.request;
      const headers = { ...ordinary.headers, ...change.headers };
      return { title, ordinary, hostile: { ...ordinary, ...change, headers } };
    });
    const results = await compare(stage.meter, pairs, ROUNDS);
    const tooExpensive = results.filter(({ share }) => share > 1);
    expect(tooExpensive.map((result) => `${result.pair.title}: ${describeComparison(result)}`)).toEqual([]);
  }, 120_000);

  /** Where a cookie of a factor decides what happens, and the status for the visitor who has the right one. */
  const DECIDING: readonly [
    cookie: (typeof FACTOR_COOKIES)[number],
    method: string,
    route: string,
    visitor: Visitor,
    status: number,
  ][] = [
    ["-second-step", "GET", "/auth/second-step", "signed out", 200],
    ["-second-step", "POST", "/auth/second-step", "signed out", 401],
    ["-second-step", "GET", "/auth/second-step/recovery", "signed out", 200],
    ["-second-step", "POST", "/auth/second-step/recovery", "signed out", 303],
    ["-trusted", "POST", "/auth/signin", "signed out", 303],
    ["-confirm", "GET", "/app/account/delete", "without a factor", 200],
    ["-confirm", "POST", "/app/account/confirm", "without a factor", 303],
    ["-confirm", "POST", "/app/account/confirm", "without a factor", 401],
  ];

  test("stays within the bound with any value of a cookie of a factor", async () => {
    if (performance.now() - stage.openedAt > STAGE_MAX_MILLISECONDS) stage = await openStage(service);
    const pairs: (Pair & { readonly title: string })[] = [];
    for (const [cookie, method, route, visitor, status] of DECIDING) {
      const ordinary = stage.yardsticks.filter(
        ({ request, ...each }) =>
          request.method === method &&
          request.route === route &&
          request.visitor === visitor &&
          each.status === status &&
          // Of the people who sign in, only Carl has the cookie.
          (cookie !== "-trusted" || request.fields.some(([, value]) => value === CARL.email)),
      );
      const [{ request } = { request: null }] = ordinary;
      if (request === null) throw new Error(`No ${method} ${route} ends with ${status}`);
      const name = SESSION_COOKIE + cookie;
      const given = request.headers["Cookie"] ?? "";
      const room = COOKIES_MAX_CHARACTERS - withCookie(given, name, "").length;
      const values = {
        ...oddCookieValues(room, stage.foreign[cookie]),
        "too long": "A".repeat(COOKIES_MAX_CHARACTERS),
      };
      for (const [kind, value] of Object.entries(values)) {
        const headers = { ...request.headers, Cookie: withCookie(given, name, value) };
        const hostile = { ...request, headers };
        const answered = await stage.meter.measure(hostile);
        const yardstick = findYardstick(stage, hostile, answered.status);
        pairs.push({ title: `${cookie}, ${kind}`, hostile, ordinary: yardstick.request });
      }
    }
    const results = await compare(stage.meter, pairs, ROUNDS);
    const tooExpensive = results.filter(({ share }) => share > 1);
    expect(tooExpensive.map((result) => `${result.pair.title}: ${describeComparison(result)}`)).toEqual([]);
  }, 120_000);
});

describe.skipIf(!canReadCpuTime())("the cost of a password", () => {
  let bundle: BundleCopy;
  let service: Service;
  beforeAll(async () => {
    bundle = copyBundle();
    service = await startService(bundle.bundle);
  });
  afterAll(async () => {
    await service.close();
    bundle.remove();
  });

  test("is that of an ordinary wrong password, whatever characters it contains", async () => {
    const { status } = await service.browser().post("/auth/signup", new URLSearchParams(ADA.signup));
    expect(status).toBe(303);
    await settle(service);
    const meter = new Meter(service, await takeSnapshot(service));
    const headers = { ...BROWSER_HEADERS, Origin: ORIGIN, "Content-Type": "application/x-www-form-urlencoded" };
    const signin = {
      route: "/auth/signin",
      method: "POST",
      visitor: "signed out",
      path: "/auth/signin",
      headers,
    } as const;
    const ordinary: CostRequest = { ...signin, body: `email=${ADA.email}&password=not+the+password` };
    const pairs = [
      ["64 KiB of marks that have to be sorted", sortedLate(32_768)],
      ["as many as a form holds", sortedLate(8_000)],
      ["as many as a password may have", sortedLate(256)],
      ["marks that become two", "\u0344".repeat(256)],
      ["characters that become eighteen", "\ufdfa".repeat(256)],
    ].map(([title = "", password = ""]) => {
      return { title, ordinary, hostile: { ...ordinary, body: `email=${ADA.email}&password=${password}` } };
    });
    const results = await compare(meter, pairs, { rounds: PASSWORD_ROUNDS });
    const tooExpensive = results.filter(({ hostile, ordinary }) => hostile > PASSWORD_RATIO_MAX * ordinary);
    expect(tooExpensive.map((result) => `${result.pair.title}: ${describeComparison(result)}`)).toEqual([]);
  }, 120_000);
});

function sortByShare<T extends { readonly share: number }>(items: readonly T[]): T[] {
  return items.toSorted((one, other) => other.share - one.share);
}

function describeComparison({ pair, hostile, ordinary }: Comparison): string {
  const figures = `${hostile.toFixed(1)} ms of CPU, where an ordinary one costs ${ordinary.toFixed(1)} ms`;
  return `${figures}: ${describeRequest(pair.hostile)}`;
}

function listFigures(results: readonly Comparison<DrawnPair>[]): string {
  const rows = results.map(({ pair, hostile, ordinary }) => {
    const figures = [ordinary, hostile, allowed(ordinary)].map((each) => each.toFixed(1));
    return [...figures, pair.number, describeRequest(pair.hostile)].join("\t");
  });
  return `\nordinary\thostile\tallowed (ms)\tnumber\trequest\n${rows.join("\n")}`;
}
