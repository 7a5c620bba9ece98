/** A message as the Worker passed it to its `send_email` binding. */
export interface SentMail {
  /** Different for each message. */
  readonly id: string;
  readonly from: { readonly name?: string; readonly email: string };
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A built Worker that runs in workerd. */
export interface RunningWorker {
  /** The origin of the loopback port that browsers use. */
  readonly origin: string;
  /** Sends a request for any URL to the Worker, without a network in between. */
  readonly fetch: typeof fetch;
  /** Sends a request as Cloudflare does one from a country (two letters of ISO 3166-1). */
  fetchFrom(country: string): typeof fetch;
  /** Runs the scheduled handler. `time` is in epoch milliseconds. Resolves to the outcome, "ok" or "exception". */
  runScheduled(time: number, cron: string): Promise<string>;
  /**
   * Resolves when the work after the response of every request of `fetch` and of every scheduled run has ended. Resolves
   * to false if other clients have sent requests, whose work may go on.
   */
  idle(): Promise<boolean>;
  /** The lines that the Worker has logged. Callers remove those that they have read. */
  readonly lines: string[];
  /** The messages that the Worker has sent, oldest first. Callers remove those that they have read. */
  readonly mails: SentMail[];
  close(): Promise<void>;
}

/**
 * Those of this process that are not closed yet. They are in a module of their own, because every test file needs it,
 * and loading miniflare takes longer than most unit tests.
 */
export const runningWorkers = new Set<RunningWorker>();
