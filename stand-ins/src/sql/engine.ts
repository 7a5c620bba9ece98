/** One column of a result: the part of Vitess's `query.Field` that the client reads. */
export interface SqlField {
  readonly name: string;
  /** A Vitess type (`INT64`, `VARCHAR`); absent for NULL, the zero of that enumeration. */
  readonly type?: string | undefined;
  /** 255 is utf8mb4; 63 is binary, as numbers are. The client makes bytes of any other type with 63. */
  readonly charset: number;
}

export const TEXT_CHARSET = 255;
export const BINARY_CHARSET = 63;

/** A value as MySQL's text protocol spells it, in UTF-8; null is NULL. */
export type SqlValue = Uint8Array | null;

export type SqlOutcome =
  | { readonly kind: "rows"; readonly fields: readonly SqlField[]; readonly rows: readonly (readonly SqlValue[])[] }
  | { readonly kind: "change"; readonly rowsAffected: number; readonly insertId: string }
  | RefusedStatement
  | Unavailable;

/** The engine cannot be reached. */
export type Unavailable = { readonly kind: "unavailable" };

export const NO_CHANGE: SqlOutcome = { kind: "change", rowsAffected: 0, insertId: "0" };

/** An open transaction. It ends with `commit` or `rollback`, and must not be used after that. */
export interface SqlTransaction {
  execute(sql: string): Promise<SqlOutcome>;
  commit(): Promise<SqlOutcome>;
  /** Undoes everything, a running statement included. Always resolves. */
  rollback(): Promise<void>;
}

/** A database that takes MySQL's statements and refuses in MySQL's words. */
export interface SqlEngine {
  /** The name of the database in messages. */
  readonly database: string;
  /** Runs one statement and commits it. `cancel` ends it undone, unless it is complete by then. */
  execute(sql: string, cancel: AbortSignal): Promise<SqlOutcome>;
  begin(): Promise<SqlTransaction | Unavailable>;
  /** Deletes all rows, except the history of migrations. Transactions must have ended. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** A statement that MySQL would refuse. Thrown inside an engine, and an outcome outside it. */
export class RefusedStatement extends Error {
  readonly kind = "refused";
  readonly errno: number;
  readonly sqlState: string;

  constructor(errno: number, sqlState: string, message: string) {
    super(message);
    this.errno = errno;
    this.sqlState = sqlState;
  }
}

export const interrupted = () => new RefusedStatement(1317, "70100", "Query execution was interrupted");

/** Refuses what MySQL can do and a stand-in cannot, so that no caller takes something else for the answer. */
export const notSupported = (feature: string) =>
  new RefusedStatement(1235, "42000", `The stand-in doesn't support '${feature}'`);

export const quoteName = (name: string) => `\`${name.replaceAll("`", "``")}\``;
