import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, Page } from "../../support/browser.ts";
import { type Gatehouse, startGatehouses } from "../../support/gatehouse.ts";
import { ADA } from "../../support/people.ts";
import { type PostBox, type SentMail, startPostBox } from "./post-box.ts";

/** While other lanes hash, what follows an answer may pause for so long. */
const PAUSE_MAX_MILLISECONDS = 300;

/** Of waiting until nothing more is asked, where a mail must come. */
const MAIL_TRIES = 20;

export type Mode = "optional" | "required";

/**
 * A Worker with stores and a post box to itself. One thing happens in it at a time, so that a fault hits the call it is
 * meant for; many lanes run beside each other, because most of what faults do is take time.
 */
export interface Lane {
  readonly mode: Mode;
  readonly gatehouse: Gatehouse;
  readonly mails: readonly SentMail[];
  post(browser: Browser, path: string, fields?: Readonly<Record<string, string>>): Promise<Page>;
  /** Waits until nothing more is asked, though other lanes keep workerd busy meanwhile. */
  quiet(): Promise<void>;
  /** The newest mail to an address with something in its text; waits for what follows the last answer. */
  findMail(to: string, part: string): Promise<SentMail | undefined>;
  /** The same, or where it is lost the next one: asks for it, and waits if the answer says that one will come. */
  mailAfter(ask: () => Promise<boolean>, to: string, part: string): Promise<SentMail | undefined>;
  /** So that the next one to arrive is the newest. */
  forgetMails(): void;
  reset(): Promise<void>;
}

export interface Lanes {
  readonly lanes: readonly Lane[];
  /** Every line that any of the Workers has logged so far. */
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
  // The first answer of each takes long, and all at once they would take too long.
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
      await gatehouse.standIns.reset();
      forgetMails();
    },
  };
}
