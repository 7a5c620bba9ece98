import { inspect, type ParseArgsConfig, parseArgs } from "node:util";

/** Something that the person who called a command can put right. Its message says what is wrong and what to do. */
export class Mistake extends Error {}

/** Runs a command. What a person can put right ends it with a message and 1; anything else is a fault of ours, with its stack. */
export async function runCommand(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Mistake ? error.message : describeFailure(error));
    process.exit(1);
  }
}

/** Reads the command line. Throws a Mistake with `usage` where it is not as that says. */
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

/** Reads a port, 1 to 65535; where `zero` is set also 0, which means a free one. */
export function readPort(text: string, zero = false): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= (zero ? 0 : 1) && port <= 65_535) return port;
  throw new Mistake(`"${text}" is no port: that is a whole number from ${zero ? 0 : 1} to 65535.`);
}

/** The message of what was thrown, and why, in one line: libraries put their reason into the cause. */
export function describeReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause, message } = error;
  // Where every address of a host was tried, the message is empty and the reasons are in a list.
  const [first] = error instanceof AggregateError ? error.errors : [];
  const reason = cause ?? first;
  const own = message.replace(/\s+/g, " ").trim();
  if (reason === undefined) return own || error.name;
  return own === "" ? describeReason(reason) : `${own}: ${describeReason(reason)}`;
}

/** What the operating system refuses, such as a file that may not be written, says enough; a stack would hide it. */
function describeFailure(error: unknown): string {
  const isSystemError = error instanceof Error && "syscall" in error && "code" in error;
  return isSystemError ? describeReason(error) : inspect(error);
}
