import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The directory of builds and of the reports of quick runs, beside wrangler's own state. Git ignores it. */
export const STATE_DIRECTORY = `${ROOT}.wrangler/bench/`;

const USAGE = `Usage: npm run bench [-- --quick] [-- --out DIRECTORY]

Compares Gatehouse with other ways to do the same, in bare workerd. It takes up to 15 minutes and wants the machine to itself.

--quick  A look, in two minutes or so: few rounds, small tables. Its report goes to .wrangler/bench/report.
--out    Where performance.md, performance.json and images/ go. Without it: docs/, or as above with --quick.`;

export interface Options {
  readonly quick: boolean;
  /** The directory of the report, with a slash at its end. */
  readonly reportDirectory: string;
}

/** Parses the command line. Prints the usage and ends the process if the arguments are wrong or contain `--help`. */
export function readOptions(args: readonly string[]): Options {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        quick: { type: "boolean", default: false },
        out: { type: "string" },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) exitWithUsage(0);
    if (values.out === "") return exitWithUsage(1);
    const directory = values.quick ? `${STATE_DIRECTORY}report/` : `${ROOT}docs/`;
    return { quick: values.quick, reportDirectory: values.out?.replace(/\/*$/, "/") ?? directory };
  } catch {
    return exitWithUsage(1);
  }
}

function exitWithUsage(status: number): never {
  console.log(USAGE);
  process.exit(status);
}
