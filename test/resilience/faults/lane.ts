import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, Page } from "../../support/browser.ts";
import { type Gatehouse, startGatehouses } from "../../support/gatehouse.ts";
import { ADA } from "../../support/people.ts";
import { type PostBox, type SentMail, startPostBox } from "./post-box.ts";

/** While other lanes hash passwords, the work after a response may pause for this long. */
const PAUSE_MAX_MILLISECONDS = 300;

/** How many times to wait for the work after a response, if a message must arrive. */
const MAIL_TRIES = 20;

export type Mode = "optional" | "required";

/**
 * A Worker with stores and a mail service of its own. It runs one operation at a time, so that a fault meets the
 * intended call. Many lanes run side by side, because faults mostly take time.
 */
export interface Lane {
  readonly mode: Mode;
  readonly gatehouse: Gatehouse;
  readonly mails: readonly SentMail[];
  post(browser: Browser, path: string, fields?: Readonly<Record<string, string>>): Promise<Page>;
  /** Waits until the Worker calls no store, even while other lanes keep workerd busy. */
  quiet(): Promise<void>;
  /** The newest message to an email that contains `part`. Waits for the work after the last response. */
  findMail(to: string, part: string): Promise<SentMail | undefined>;
  /**
   * Like `findMail`. If the message was lost, requests another and waits for it, provided that `ask` resolves to true.
   */
  mailAfter(ask: () => Promise<boolean>, to: string, part: string): Promise<SentMail | undefined>;
  /** Removes all messages, so that the next one to arrive is the newest. */
  forgetMails(): void;
  reset(): Promise<void>;
}

export interface Lanes {
  readonly lanes: readonly Lane[];
  /** All lines that the Workers have logged. */
  log(): readonly string[];
  close(): Promise<void>;
}

export async function startLanes(modes: readonly Mode[]): Promise<Lanes> {
  const boxes = new Map<number, PostBox>();
  const gatehouses = await startGatehouses(
    modes.map((mode, index) => async ({ traffic }) => {
      const box = await startPostBox(traffic);
      boxes.set(index, box);
      return {
        EMAIL_VERIFICATION: mode,
        MAIL_SENDER: "resend",
        RESEND_API_KEY: "re_key",
        RESEND_API_URL: box.url,
        SOURCE_POSTS_MAX: "1000000",
      };
    }),
  );
  // The first response of each Worker is slow. All first responses at once would take too long.
  for (const gatehouse of gatehouses) await gatehouse.browser().post("/auth/signin", new URLSearchParams(ADA.signin));
  const lines: string[] = [];
  return {
    lanes: gatehouses.map((gatehouse, index) =>
      createLane(gatehouse, modes[index] ?? "optional", boxes.get(index)?.mails ?? []),
    ),
    log: () => {
      for (const gatehouse of gatehouses) lines.push(...gatehouse.takeLogs());
      return lines;
    },
    close: async () => {
      for (const gatehouse of gatehouses) await gatehouse.close();
      for (const box of boxes.values()) await box.close();
    },
  };
}

function createLane(gatehouse: Gatehouse, mode: Mode, mails: SentMail[]): Lane {
  const { traffic } = gatehouse.standIns;
  const quiet = async () => {
    for (let seen = -1; seen !== traffic.calls.length; ) {
      await gatehouse.settle();
      seen = traffic.calls.length;
      await sleep(PAUSE_MAX_MILLISECONDS);
    }
  };
  const forgetMails = () => void mails.splice(0);
  const findMail: Lane["findMail"] = async (to, part) => {
    const find = () => mails.findLast((mail) => mail.to === to && mail.text.includes(part));
    if (find() === undefined) await quiet();
    return find();
  };
  return {
    mode,
    gatehouse,
    mails,
    post: (browser, path, fields = {}) => browser.post(path, new URLSearchParams(fields)),
    quiet,
    findMail,
    mailAfter: async (ask, to, part) => {
      const found = await findMail(to, part);
      if (found !== undefined) return found;
      forgetMails();
      if (!(await ask())) return undefined;
      for (let tries = 0; tries < MAIL_TRIES; tries += 1) {
        const mail = await findMail(to, part);
        if (mail !== undefined) return mail;
      }
      return undefined;
    },
    forgetMails,
    reset: async () => {
      // Work that the last sign-in left running must not meet the next fault.
      await gatehouse.settle();
      await gatehouse.standIns.reset();
      forgetMails();
    },
  };
}
