/** The extent of the measurements. */
export interface Plan {
  /** Measurements per variant. The variants alternate in each round. The report gives the range over the rounds. */
  readonly rounds: number;
  readonly page: {
    /** Connections, each with one request at a time. */
    readonly connections: number;
    /** The duration of the only warm-up. V8 has compiled the code after about 10,000 requests. */
    readonly warmUpSeconds: number;
    readonly seconds: number;
    /** Requests under callgrind, if it is installed. 0 means that instructions are not counted. */
    readonly countedRequests: number;
  };
  /** Requests in sequence per round, for each delay of the stores in milliseconds. */
  readonly latency: readonly { readonly delayMilliseconds: number; readonly requests: number }[];
  /** People who sign up, out and in again per round. */
  readonly flows: { readonly people: number };
  /** Sign-ins in sequence per round. */
  readonly password: { readonly checks: number };
  readonly growth: {
    /** Users in the tables, each with one session. */
    readonly users: readonly number[];
    /** Sessions per person. */
    readonly sessionsPerUser: readonly number[];
    readonly peopleWithSessions: number;
    /** Runs per flow and size. */
    readonly samples: number;
  };
}

/** Takes up to 15 minutes on two cores. */
export const FULL_PLAN: Plan = {
  rounds: 7,
  page: { connections: 16, warmUpSeconds: 12, seconds: 2.5, countedRequests: 200 },
  latency: [
    { delayMilliseconds: 0, requests: 200 },
    { delayMilliseconds: 5, requests: 50 },
    { delayMilliseconds: 20, requests: 40 },
    { delayMilliseconds: 50, requests: 20 },
  ],
  flows: { people: 3 },
  password: { checks: 5 },
  growth: {
    users: [1_000, 10_000, 100_000, 1_000_000],
    sessionsPerUser: [1, 10, 100],
    peopleWithSessions: 1_000,
    samples: 30,
  },
};

export const QUICK_PLAN: Plan = {
  rounds: 3,
  page: { connections: 16, warmUpSeconds: 5, seconds: 1, countedRequests: 0 },
  latency: [
    { delayMilliseconds: 0, requests: 50 },
    { delayMilliseconds: 5, requests: 20 },
    { delayMilliseconds: 20, requests: 15 },
    { delayMilliseconds: 50, requests: 5 },
  ],
  flows: { people: 1 },
  password: { checks: 2 },
  growth: { users: [1_000, 10_000], sessionsPerUser: [1, 10, 100], peopleWithSessions: 100, samples: 20 },
};
