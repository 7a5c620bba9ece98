/** One column of a result, in the shape and words of Vitess's `query.Field`. Absent means empty. */
export interface SqlField {
  readonly name: string;
  /** A Vitess type (`INT64`, `VARCHAR`); absent for NULL, the zero of that enumeration. */
  readonly type?: string;
  readonly table?: string;
  readonly orgTable?: string;
  readonly database?: string;
  readonly orgName?: string;
  readonly columnLength?: number;
  /** 255 is utf8mb4; 63 is binary, which numbers have too. The client makes bytes of any other type with 63. */
  readonly charset: number;
  readonly flags?: number;
}

/** A value as MySQL's text protocol spells it, in UTF-8; null is NULL. */
export type SqlValue = Uint8Array | null;

export type SqlOutcome =
  | { readonly kind: "rows"; readonly fields: readonly SqlField[]; readonly rows: readonly (readonly SqlValue[])[] }
  | { readonly kind: "change"; readonly rowsAffected: number; readonly insertId: string }
  | { readonly kind: "refused"; readonly errno: number; readonly sqlState: string; readonly message: string }
  | Unavailable;

/** The engine itself cannot be reached. */
export type Unavailable = { readonly kind: "unavailable" };

export const NO_CHANGE: SqlOutcome = { kind: "change", rowsAffected: 0, insertId: "0" };

/** An open transaction. It is over after `commit` or `rollback`, and nothing may be asked of it then. */
export interface SqlTransaction {
  execute(sql: string): Promise<SqlOutcome>;
  commit(): Promise<SqlOutcome>;
  /** Undoes everything, a statement under way included, and never fails. */
  rollback(): Promise<void>;
}

/** A database that speaks MySQL's statements and refuses in MySQL's words. */
export interface SqlEngine {
  /** The name that messages call the database by. */
  readonly database: string;
  /** Runs one statement and commits it. `cancel` ends it undone, unless it has been carried out by then. */
  execute(sql: string, cancel: AbortSignal): Promise<SqlOutcome>;
  begin(): Promise<SqlTransaction | Unavailable>;
  /** Deletes the rows of every table but the migrations'. Transactions must have ended. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export interface LockOptions {
  /** How long a write waits for another transaction's lock before error 1205, in milliseconds. */
  readonly lockWaitTimeoutMs: number;
}

/** Whether a table says which migrations were applied: `reset` leaves it alone, so that none is applied twice. */
export function isMigrationsTable(name: string): boolean {
  return name.startsWith("__drizzle_");
}

/** A statement that MySQL would refuse. Thrown inside an engine, and an outcome outside it. */
export class RefusedStatement extends Error {
  readonly errno: number;
  readonly sqlState: string;

  constructor(errno: number, sqlState: string, message: string) {
    super(message);
    this.errno = errno;
    this.sqlState = sqlState;
  }

  outcome(): SqlOutcome {
    return { kind: "refused", errno: this.errno, sqlState: this.sqlState, message: this.message };
  }
}

export const interrupted = () => new RefusedStatement(1317, "70100", "Query execution was interrupted");

/** For what MySQL could do and the embedded engine cannot: said aloud, so that it is never mistaken for an answer. */
export function notSupported(what: string): RefusedStatement {
  return new RefusedStatement(1235, "42000", `The embedded engine doesn't support '${what}'`);
}
