import type { Measurements, Summary } from "../measurements.ts";

/** A target and its result. */
export interface Verdict {
  readonly target: string;
  /** Null if it was not measured. In that case the target is missed. */
  readonly measured: Summary | null;
  readonly unit: string;
  readonly digits: number;
  readonly met: boolean;
}

interface Target {
  readonly target: string;
  readonly unit: string;
  readonly digits: number;
  readonly measure: (measurements: Measurements) => Summary | null;
  readonly isMet: (median: number) => boolean;
}

const atMost = (limit: number) => (value: number) => value <= limit;
const atLeast = (limit: number) => (value: number) => value >= limit;
const under = (limit: number) => (value: number) => value < limit;
const over = (limit: number) => (value: number) => value > limit;

/** Ratios and differences compare the same rounds. The median decides whether a target is met. */
const TARGETS: readonly Target[] = [
  {
    target: "Page: 1 upstream call",
    unit: "calls",
    digits: 2,
    measure: (measurements) => measurements.summary("page.calls", "gatehouse"),
    isMet: (calls) => calls === 1,
  },
  {
    target: "Page at 20 ms a call: at most 1.05 times one-call's time",
    unit: "times",
    digits: 3,
    measure: (measurements) => measurements.ratio("latency.20", "gatehouse", "one-call"),
    isMet: atMost(1.05),
  },
  {
    target: "Page: at least 2.2 times tutorial's requests a second",
    unit: "times",
    digits: 2,
    measure: (measurements) => measurements.ratio("page.rate", "gatehouse", "tutorial"),
    isMet: atLeast(2.2),
  },
  {
    target: "Page: at least 0.85 of one-call's requests a second",
    unit: "times",
    digits: 2,
    measure: (measurements) => measurements.ratio("page.rate", "gatehouse", "one-call"),
    isMet: atLeast(0.85),
  },
  {
    target: "Page: more requests a second than better-auth",
    unit: "times",
    digits: 2,
    measure: (measurements) => measurements.ratio("page.rate", "gatehouse", "better-auth"),
    isMet: over(1),
  },
  {
    target: "Password check: at most 0.4 of tutorial's time",
    unit: "times",
    digits: 2,
    measure: (measurements) => measurements.ratio("password.time", "gatehouse", "tutorial"),
    isMet: atMost(0.4),
  },
  {
    target: "Eight sign-ins at once: memory grows by less than 50 MB",
    unit: "MB",
    digits: 1,
    measure: (measurements) => measurements.summary("password.growth", "gatehouse"),
    isMet: under(50),
  },
  {
    target: "Sign-in: at most 3 calls in series",
    unit: "calls",
    digits: 0,
    measure: (measurements) => measurements.summary("signin.series", "gatehouse"),
    isMet: atMost(3),
  },
  {
    target: "Sign-up: at most 6 calls in series",
    unit: "calls",
    digits: 0,
    measure: (measurements) => measurements.summary("signup.series", "gatehouse"),
    isMet: atMost(6),
  },
  {
    target: "Start-up: at most 20 ms after the floor",
    unit: "ms",
    digits: 1,
    measure: (measurements) => measurements.difference("startup.time", "gatehouse", "floor"),
    isMet: atMost(20),
  },
  {
    target: "Start-up: at most 0.45 of better-auth's time",
    unit: "times",
    digits: 2,
    measure: (measurements) => measurements.ratio("startup.time", "gatehouse", "better-auth"),
    isMet: atMost(0.45),
  },
  {
    target: "Bundle: at most 130 kB gzip",
    unit: "kB",
    digits: 1,
    measure: (measurements) => measurements.summary("size.bundle", "gatehouse"),
    isMet: atMost(130),
  },
];

export function judge(measurements: Measurements): Verdict[] {
  return TARGETS.map(({ target, unit, digits, measure, isMet }) => {
    const measured = measure(measurements);
    return { target, measured, unit, digits, met: measured !== null && isMet(measured.median) };
  });
}
