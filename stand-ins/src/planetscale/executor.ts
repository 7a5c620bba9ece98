import { randomUUID } from "node:crypto";
import { NO_CHANGE, notSupported, type SqlEngine, type SqlOutcome, type SqlValue } from "../sql/engine.ts";
import { leadingVerb } from "../sql/tokens.ts";
import {
  accessError,
  type Origin,
  type ServiceError,
  statementError,
  transactionError,
  unavailableError,
} from "./errors.ts";
import { type Caller, type Denied, findDenied, SCHEMA_VERBS } from "./roles.ts";
import { createTransactions, type Unusable } from "./transactions.ts";

interface ExecuteAnswer {
  readonly session: Session;
  readonly result?: object;
  readonly error?: ServiceError;
  /** Seconds. */
  readonly timing: number;
}

export interface Executor {
  /** `hangUp` cancels the statement, unless it is complete. */
  execute(sql: string, session: unknown, caller: Caller, hangUp: AbortSignal): Promise<ExecuteAnswer>;
  abandonTransactions(): Promise<void>;
}

/**
 * A client passes it back with its next statement, and must not look inside. The shape is the service's, down to
 * `clientFoundRows`: an UPDATE counts the rows it matched, not those it changed.
 */
export interface Session {
  readonly vitessSession: {
    readonly autocommit: true;
    readonly inTransaction?: true;
    readonly options: { readonly includedFields: "ALL"; readonly clientFoundRows: true };
    /** The open transaction: its id is the only key to it. */
    readonly shardSessions?: readonly [{ readonly transactionId: string }];
    readonly SessionUUID: string;
  };
}

type Answer = SqlOutcome | Unusable | Denied;

/** Statements that change the connection, which is pooled: their effect would outlive the request. */
const CHANGES_CONNECTION = ["LOCK", "PREPARE", "SET", "UNLOCK", "USE"];

/**
 * Runs statements one request at a time, as Vitess's gateway does: everything that a request knows is in its session.
 * An open transaction ends after `timeoutMs` milliseconds.
 */
export function createExecutor(engine: SqlEngine, timeoutMs: number): Executor {
  const transactions = createTransactions(engine, timeoutMs);

  /** Resolves with the answer, and the transaction that is open after it. */
  const run = async (
    sql: string,
    open: string | null,
    { role }: Caller,
    hangUp: AbortSignal,
  ): Promise<[Answer, string | null]> => {
    const verb = leadingVerb(sql);
    const denied = findDenied(role, sql);
    if (denied !== null) return [denied, open];
    const commit = async () => (open === null ? NO_CHANGE : await transactions.commit(open));
    if (verb === "BEGIN" || verb === "START") {
      const ended = await commit();
      if (ended.kind !== "change") return [ended, null];
      const opened = await transactions.open(hangUp);
      return typeof opened === "string" ? [NO_CHANGE, opened] : [opened, null];
    }
    if (verb === "COMMIT") return [await commit(), null];
    if (verb === "ROLLBACK" && !/^\s*rollback\s+(work\s+)?to\b/i.test(sql)) {
      return [open === null ? NO_CHANGE : ((await transactions.rollback(open)) ?? NO_CHANGE), null];
    }
    if (CHANGES_CONNECTION.includes(verb)) return [notSupported(verb).outcome(), open];
    if (SCHEMA_VERBS.includes(verb)) {
      const ended = await commit();
      return [ended.kind === "change" ? await engine.execute(sql, hangUp) : ended, null];
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
      const session = (sent as Partial<Session> | null | undefined)?.vitessSession;
      const former = session?.shardSessions?.[0]?.transactionId ?? null;
      const [answer, open] = await run(sql, former, caller, hangUp);
      const timing = (performance.now() - startedAt) / 1000;
      return { session: createSession(open, session?.SessionUUID), ...explain(sql, answer, former, caller), timing };
    },
    abandonTransactions: () => transactions.abandonAll(),
  };
}

export function createSession(transactionId: string | null = null, uuid: string = randomUUID()): Session {
  return {
    vitessSession: {
      autocommit: true,
      options: { includedFields: "ALL", clientFoundRows: true },
      ...(transactionId !== null && { inTransaction: true, shardSessions: [{ transactionId }] }),
      SessionUUID: uuid,
    },
  };
}

/** `query.QueryResult` as protobuf's JSON writes it: 64-bit numbers are strings, and empty fields are absent. */
function encodeResult(outcome: SqlOutcome & { kind: "rows" | "change" }): object {
  if (outcome.kind === "rows") return { fields: outcome.fields, rows: outcome.rows.map(encodeRow) };
  const { rowsAffected, insertId } = outcome;
  return {
    ...(rowsAffected > 0 && { rowsAffected: String(rowsAffected) }),
    ...(insertId !== "0" && { insertId }),
  };
}

/** Lengths count bytes, and -1 is NULL. */
function encodeRow(values: readonly SqlValue[]): object {
  const bytes = Buffer.concat(values.filter((value) => value !== null));
  return {
    lengths: values.map((value) => String(value?.byteLength ?? -1)),
    ...(bytes.length > 0 && { values: bytes.toString("base64") }),
  };
}
