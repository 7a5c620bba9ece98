import type { SqlOutcome } from "../sql/engine.ts";

/** The error of a failed statement, in an answer of status 200. */
export interface ServiceError {
  readonly code: string;
  readonly message: string;
}

/** A statement that Vitess refuses before it reaches MySQL. `code` is Vitess's. */
export interface Failure {
  readonly kind: "failed";
  readonly code: string;
  readonly message: string;
}

/** MySQL's error numbers by Vitess's code: `convertErrorCode` in go/vt/vttablet/tabletserver/tabletserver.go. */
const CODES: Readonly<Record<string, readonly number[]>> = {
  AlreadyExists: [1050, 1062],
  NotFound: [1054, 1146],
  InvalidArgument: [1048, 1052, 1065, 1136, 1366, 1406],
  DeadlineExceeded: [1205],
  Aborted: [1213],
  Unimplemented: [1235],
};

const SYNTAX_ERROR = 1064;

/** Vitess shows the statement of a refusal without its values; here it is hidden as a whole. */
export function describeError(
  failure: Failure | (SqlOutcome & { kind: "refused" | "unavailable" }),
  database: string,
  username: string,
): ServiceError {
  const describe = (): string => {
    const tablet = (code: string) => `target: ${database}.-.primary: vttablet: rpc error: code = ${code} desc =`;
    const caller = `(CallerID: ${username})`;
    switch (failure.kind) {
      case "failed":
        return `${tablet(failure.code)} ${failure.message} ${caller}`;
      case "unavailable":
        return `target: ${database}.-.primary: no healthy tablet available`;
      case "refused": {
        const { errno, sqlState, message } = failure;
        const numbered = `${message} (errno ${errno}) (sqlstate ${sqlState}) ${caller}`;
        // A statement that cannot be parsed never reaches a tablet, so no tablet is named.
        if (errno === SYNTAX_ERROR) return numbered;
        const code = Object.keys(CODES).find((name) => CODES[name]?.includes(errno)) ?? "Unknown";
        return `${tablet(code)} ${numbered}: Sql: {REDACTED}, BindVars: {REDACTED}`;
      }
    }
  };
  return { code: "UNKNOWN", message: describe() };
}
