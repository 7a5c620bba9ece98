import { NO_CHANGE, notSupported, type SqlEngine, type SqlOutcome, type SqlValue } from "../sql/engine.ts";
import { leadingVerb, SCHEMA_VERBS } from "../sql/tokens.ts";
import { describeError, type Failure } from "./errors.ts";
import { type Caller, findDenied } from "./roles.ts";
import { createTransactions } from "./transactions.ts";

/** The part of a session that is read again. The open transaction's id is the only key to it. */
interface Session {
  readonly vitessSession?: { readonly shardSessions?: readonly { readonly transactionId: string }[] };
}

type Answer = SqlOutcome | Failure;

/** Statements that change the connection, which is pooled: their effect would outlive the request. */
const CHANGES_CONNECTION = ["LOCK", "PREPARE", "SET", "UNLOCK", "USE"];

/**
 * Runs statements one request at a time, as Vitess's gateway does: everything that a request knows is in its session.
 * An open transaction ends after `timeoutMs` milliseconds.
 */
export function createExecutor(engine: SqlEngine, timeoutMs: number) {
  const transactions = createTransactions(engine, timeoutMs);

  /** Resolves with the answer, and the transaction that is open after it. */
  const run = async (
    sql: string,
    open: string | null,
    caller: Caller,
    hangUp: AbortSignal,
  ): Promise<[Answer, string | null]> => {
    const verb = leadingVerb(sql);
    const denied = findDenied(caller, sql);
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
    if (CHANGES_CONNECTION.includes(verb)) return [notSupported(verb), open];
    if (SCHEMA_VERBS.includes(verb)) {
      const ended = await commit();
      return [ended.kind === "change" ? await engine.execute(sql, hangUp) : ended, null];
    }
    if (open === null) return [await engine.execute(sql, hangUp), null];
    return [await transactions.execute(open, sql, hangUp), open];
  };

  return {
    /** `hangUp` cancels the statement, unless it is complete. */
    async execute(sql: string, given: unknown, caller: Caller, hangUp: AbortSignal) {
      const sent = (given as Session | null)?.vitessSession;
      const former = sent?.shardSessions?.[0]?.transactionId ?? null;
      const [answer, open] = await run(sql, former, caller, hangUp);
      const session = createSession(open);
      return answer.kind === "rows" || answer.kind === "change"
        ? { session, result: encodeResult(answer) }
        : { session, error: describeError(answer, engine.database, caller.username) };
    },
    abandonTransactions: () => transactions.abandonAll(),
  };
}

/**
 * A client passes it back with its next statement, and must not look inside. The shape is the service's, down to
 * `clientFoundRows`: an UPDATE counts the rows it matched, not those it changed.
 */
function createSession(transactionId: string | null): object {
  return {
    vitessSession: {
      autocommit: true,
      options: { includedFields: "ALL", clientFoundRows: true },
      ...(transactionId !== null && { inTransaction: true, shardSessions: [{ transactionId }] }),
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
