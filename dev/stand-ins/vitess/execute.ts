import { NO_CHANGE, notSupported, type SqlEngine, type SqlOutcome } from "../sql/engine.ts";
import { leadingVerb } from "../sql/tokens.ts";
import {
  accessError,
  type Origin,
  type ServiceError,
  statementError,
  transactionError,
  unavailableError,
} from "./errors.ts";
import { encodeResult } from "./result.ts";
import { type Caller, type Denied, findDenied } from "./roles.ts";
import { createSession, readSession, type Session } from "./session.ts";
import { createTransactions, type Unusable } from "./transactions.ts";

interface ExecuteAnswer {
  readonly session: Session;
  readonly result?: object;
  readonly error?: ServiceError;
  /** Seconds. */
  readonly timing: number;
}

export interface Executor {
  /** @param hangUp cancels the statement, unless it has been carried out */
  execute(sql: string, session: unknown, caller: Caller, hangUp: AbortSignal): Promise<ExecuteAnswer>;
  abandonTransactions(): Promise<void>;
}

type Answer = SqlOutcome | Unusable | Denied;

/** Statements that commit what is open before they run: MySQL 8.4 manual, 15.3.3. */
const COMMITS_IMPLICITLY = new Set(["ALTER", "CREATE", "DROP", "RENAME", "TRUNCATE"]);

/** What they set would outlive the request on a pooled connection. */
const CHANGES_CONNECTION = new Set(["LOCK", "PREPARE", "SET", "UNLOCK", "USE"]);

/** Runs statements one request at a time, as Vitess's gateway does: all that a request knows is in its session. */
export function createExecutor(engine: SqlEngine, options: { timeoutMs: number }): Executor {
  const transactions = createTransactions(engine, options.timeoutMs, () => new Date());

  /** The answer, and the transaction that is open after it. */
  const run = async (
    sql: string,
    open: string | null,
    { role }: Caller,
    hangUp: AbortSignal,
  ): Promise<[Answer, string | null]> => {
    const verb = leadingVerb(sql);
    const denied = findDenied(role, sql);
    if (denied !== null) return [denied, open];
    if (verb === "BEGIN" || verb === "START") {
      const ended = open === null ? NO_CHANGE : await transactions.commit(open);
      if (failed(ended)) return [ended, null];
      const opened = await transactions.open(hangUp);
      return typeof opened === "string" ? [NO_CHANGE, opened] : [opened, null];
    }
    if (verb === "COMMIT") return [open === null ? NO_CHANGE : await transactions.commit(open), null];
    if (verb === "ROLLBACK" && !isPartial(sql)) {
      return [open === null ? NO_CHANGE : ((await transactions.rollback(open)) ?? NO_CHANGE), null];
    }
    if (CHANGES_CONNECTION.has(verb)) return [notSupported(verb).outcome(), open];
    if (COMMITS_IMPLICITLY.has(verb)) {
      const ended = open === null ? NO_CHANGE : await transactions.commit(open);
      return [failed(ended) ? ended : await engine.execute(sql, hangUp), null];
    }
    if (open === null) return [await engine.execute(sql, hangUp), null];
    return [await transactions.execute(open, sql, hangUp), open];
  };

  const explain = (
    sql: string,
    answer: Answer,
    open: string | null,
    { username }: Caller,
  ): Pick<ExecuteAnswer, "result" | "error"> => {
    const origin: Origin = { database: engine.database, username };
    switch (answer.kind) {
      case "rows":
      case "change":
        return { result: encodeResult(answer) };
      case "refused":
        return { error: statementError(sql, answer, origin) };
      case "denied":
        return { error: accessError(answer, origin) };
      case "unavailable":
        return { error: unavailableError(origin) };
      case "unusable":
        return { error: transactionError(open ?? "0", answer.reason, origin) };
    }
  };

  return {
    async execute(sql, sent, caller, hangUp) {
      const startedAt = performance.now();
      const { uuid, transactionId } = readSession(sent);
      const [answer, open] = await run(sql, transactionId, caller, hangUp);
      const timing = (performance.now() - startedAt) / 1000;
      return { session: createSession(open, uuid), ...explain(sql, answer, transactionId, caller), timing };
    },
    abandonTransactions: () => transactions.abandonAll(),
  };
}

const failed = (answer: Answer) => answer.kind !== "rows" && answer.kind !== "change";

const isPartial = (sql: string) => /^\s*rollback\s+(work\s+)?to\b/i.test(sql);
