import { type Token, tokenize } from "../sql/tokens.ts";

/** The error of a failed statement, in an answer of status 200. */
export interface ServiceError {
  readonly code: string;
  readonly message: string;
}

/** The names that messages carry. */
export interface Origin {
  readonly database: string;
  readonly username: string;
}

/** MySQL's error numbers by Vitess's code: `convertErrorCode` in go/vt/vttablet/tabletserver/tabletserver.go. */
const CODES: Readonly<Record<string, readonly number[]>> = {
  AlreadyExists: [1050, 1062],
  NotFound: [1054, 1109, 1146],
  FailedPrecondition: [1091],
  InvalidArgument: [1048, 1051, 1052, 1060, 1061, 1065, 1068, 1072, 1111, 1136, 1140, 1366, 1406],
  DeadlineExceeded: [1205],
  Aborted: [1213],
  Unimplemented: [1235],
};

const SYNTAX_ERROR = 1064;

export function statementError(
  sql: string,
  refusal: { errno: number; sqlState: string; message: string },
  origin: Origin,
): ServiceError {
  const { errno, sqlState, message } = refusal;
  const numbered = `${message} (errno ${errno}) (sqlstate ${sqlState})`;
  // A statement that cannot be parsed never reaches a tablet, so no tablet is named.
  if (errno === SYNTAX_ERROR) return unknown(`${numbered} (CallerID: ${origin.username})`);
  const code = Object.keys(CODES).find((name) => CODES[name]?.includes(errno)) ?? "Unknown";
  const query = `Sql: ${JSON.stringify(hideValues(sql))}, BindVars: {REDACTED}`;
  return unknown(`${tablet(origin, code)} ${numbered} (CallerID: ${origin.username}): ${query}`);
}

/** A role's refusal. PlanetScale's documentation of password roles quotes it, with neither number nor state. */
export function accessError({ command, table }: { command: string; table: string }, origin: Origin): ServiceError {
  const { username } = origin;
  const denied = `${command} command denied to user '${username}' for table '${table}' (ACL check error)`;
  return unknown(`${tablet(origin, "PermissionDenied")} ${denied} (CallerID: ${username})`);
}

/** A transaction that has ended, is unknown or is busy: `Numbered.Get` in go/pools/numbered.go. */
export function transactionError(id: string, reason: string, origin: Origin): ServiceError {
  return unknown(`${tablet(origin, "Aborted")} transaction ${id}: ${reason} (CallerID: ${origin.username})`);
}

/** The gateway's error when no database server answers it. */
export function unavailableError({ database }: Origin): ServiceError {
  const target = `keyspace:"${database}" shard:"-" tablet_type:PRIMARY`;
  return unknown(`target: ${database}.-.primary: no healthy tablet available for '${target}'`);
}

const tablet = ({ database }: Origin, code: string) =>
  `target: ${database}.-.primary: vttablet: rpc error: code = ${code} desc =`;

const unknown = (message: string): ServiceError => ({ code: "UNKNOWN", message });

/** Vitess shows the statement with numbered variables in place of its values. */
function hideValues(sql: string): string {
  let hidden = "";
  let copied = 0;
  let count = 0;
  for (const token of readTokens(sql)) {
    if (token.kind !== "string" && token.kind !== "number") continue;
    const type = token.kind === "number" ? "INT64" : "VARCHAR";
    hidden += `${sql.slice(copied, token.start)}:vtg${++count} /* ${type} */`;
    copied = token.end;
  }
  return hidden + sql.slice(copied);
}

/** A real server may understand more than `tokenize` does: its statement is then hidden as a whole. */
function readTokens(sql: string): Token[] {
  try {
    return tokenize(sql);
  } catch {
    return [{ kind: "string", value: sql, start: 0, end: sql.length }];
  }
}
