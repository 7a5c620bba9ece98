import { inspect, type ParseArgsConfig, parseArgs } from "node:util";

/** An error that the user of a command can fix. Its message says how. */
export class Mistake extends Error {}

/**
 * Runs a command. A `Mistake` ends it with its message and exit code 1. Any other error is a bug and is shown with its
 * stack.
 */
export async function runCommand(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Mistake ? error.message : describeFailure(error));
    process.exit(1);
  }
}

/** Parses the command line. Throws a Mistake with `usage` if it does not match. */
export function readArguments<Options extends NonNullable<ParseArgsConfig["options"]>>(
  usage: string,
  options: Options,
): ReturnType<typeof parseArgs<{ options: Options }>>["values"] {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    const [reason = ""] = error instanceof Error ? error.message.split(". ", 1) : [];
    throw new Mistake(`${reason.replace(/\.?$/, ".")}\n${usage}`);
  }
}

/** Parses a port, 1 to 65535. `allowZero` also allows 0, which means any free port. Throws a Mistake otherwise. */
export function readPort(text: string, allowZero = false): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= (allowZero ? 0 : 1) && port <= 65_535) return port;
  throw new Mistake(`"${text}" is no port: that is a whole number from ${allowZero ? 0 : 1} to 65535.`);
}

/** Returns the message of an error and of its cause in one line, because libraries put the reason into the cause. */
export function describeReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause, message } = error;
  // If Node tried several IP addresses of a host, the message is empty and the reasons are in a list.
  const [first] = error instanceof AggregateError ? error.errors : [];
  const reason = cause ?? first;
  const ownMessage = message.replace(/\s+/g, " ").trim();
  if (reason === undefined) return ownMessage || error.name;
  return ownMessage === "" ? describeReason(reason) : `${ownMessage}: ${describeReason(reason)}`;
}

/** Omits the stack of an operating system error, such as a missing permission, because its message is clear. */
function describeFailure(error: unknown): string {
  const isSystemError = error instanceof Error && "syscall" in error && "code" in error;
  return isSystemError ? describeReason(error) : inspect(error);
}
