import type { StandIns } from "@gatehouse/stand-ins";
import type { Command } from "../../src/store/redis.ts";
import { findMissingEngines } from "../../test/support/real-engines.ts";
import { startEmbeddedStores } from "./embedded-stores.ts";
import { startRealStores } from "./real-stores.ts";

/** Bytes of the tables with their indexes. */
export interface TableBytes {
  readonly all: number;
  /** Bytes of the audit log; null if the engine does not report the size of a table. */
  readonly events: number | null;
}

/** Stores that can be filled without the Worker, because a million sign-ups would last a day. */
export interface LargeStores {
  /** The names of the engines, for the report. */
  readonly engines: string;
  readonly standIns: StandIns;
  /** The maximum number of users for these engines. */
  readonly usersMax: number;
  /** Inserts a user, a key and one event for each number from `first` to `last`. */
  addUsers(first: number, last: number, hashedPassword: string): Promise<void>;
  /** Runs these commands in Redis. All of them must call the same script. */
  runScripts(commands: Iterable<Command>): Promise<void>;
  deleteSessions(): Promise<void>;
  tableBytes(): Promise<TableBytes>;
  /** Resolves with null for the embedded engine, whose memory says nothing about a real Redis. */
  redisBytes(): Promise<number | null>;
  /** Ends the stores. Otherwise they end with the run. */
  close(): Promise<void>;
}

/** Starts MariaDB and Redis if both are installed, otherwise the embedded engines. */
export function startLargeStores(): Promise<LargeStores> {
  return findMissingEngines().length === 0 ? startRealStores() : startEmbeddedStores();
}
