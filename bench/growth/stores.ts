import type { StandIns } from "@gatehouse/stand-ins";
import type { Command } from "../../src/store/redis.ts";
import { findMissingEngines } from "../../test/support/real-engines.ts";
import { startEmbeddedStores } from "./embedded-stores.ts";
import { startRealStores } from "./real-stores.ts";

/** With their indexes. */
export interface TableBytes {
  readonly all: number;
  /** Of the trail of the accounts; null where the engine does not tell tables apart. */
  readonly events: number | null;
}

/** Stores that can be filled past the Worker, because a million sign-ups take a day. */
export interface LargeStores {
  /** What they are, for the report. */
  readonly engines: string;
  readonly standIns: StandIns;
  /** More users than this do not fit into the engines. */
  readonly usersMax: number;
  /** Adds the people with these numbers: user, key, and one event of their account. */
  addUsers(first: number, last: number, hashedPassword: string): Promise<void>;
  /** Has Redis run these, all of one script. */
  evaluate(commands: Iterable<Command>): Promise<void>;
  forgetSessions(): Promise<void>;
  tableBytes(): Promise<TableBytes>;
  /** Null where it would say nothing about a Redis. */
  redisBytes(): Promise<number | null>;
  /** Ends with the run at the latest. */
  close(): Promise<void>;
}

/** MariaDB and Redis of our own where both are installed, otherwise the embedded engines. */
export function startLargeStores(): Promise<LargeStores> {
  return findMissingEngines().length === 0 ? startRealStores() : startEmbeddedStores();
}
