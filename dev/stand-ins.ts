import { type StandIns, type StandInsOptions, startStandIns } from "@gatehouse/stand-ins";
import { describeReason, Mistake, readArguments, readPort, runCommand } from "./command.ts";
import { lockDirectory } from "./lock.ts";
import { applyMigrations, MIGRATIONS } from "./migrate.ts";
import { requireFreePort } from "./port.ts";

const USAGE = `Usage: npm run stand-ins -- [--port N] [--sql mysql://…] [--redis redis://…] [--data DIRECTORY]

Runs local stand-ins for PlanetScale, Upstash and Pwned Passwords in the foreground. Without --sql and --redis they use
embedded engines, whose data is lost at the end unless --data names a directory.`;

await runCommand(async () => {
  const values = readArguments(USAGE, {
    port: { type: "string", default: "0" },
    sql: { type: "string" },
    redis: { type: "string" },
    data: { type: "string" },
    help: { type: "boolean", default: false },
  });
  if (values.help) return console.log(USAGE);
  const port = readPort(values.port, true);
  const options = {
    port,
    ...(values.sql === undefined
      ? {}
      : { sql: readServer("--sql", values.sql, "mysql://user:password@host:3306/database") }),
    ...(values.redis === undefined ? {} : { redis: readServer("--redis", values.redis, "redis://host:6379") }),
    ...(values.data === undefined ? {} : { dataDirectory: values.data }),
  };
  const release = values.data === undefined ? () => {} : lockDirectory(values.data);
  if (port > 0) await requireFreePort(port, ["127.0.0.1"], "npm run stand-ins -- --port");
  const standIns = await start(options);
  console.log(describe(standIns));
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      void standIns.close().then(() => {
        release();
        process.exit(0);
      });
    });
  }
});

function readServer(option: string, text: string, example: string): string {
  const [scheme] = example.split("//", 1);
  if (URL.canParse(text) && new URL(text).protocol === scheme && new URL(text).hostname !== "") return text;
  throw new Mistake(`${option} is not of the form ${example}.`);
}

async function start(options: StandInsOptions): Promise<StandIns> {
  try {
    const standIns = await startStandIns({ ...options, schema: MIGRATIONS });
    if (options.sql !== undefined) await applyMigrations(standIns.databaseUrl);
    return standIns;
  } catch (error) {
    throw error instanceof Mistake ? error : new Mistake(`The stand-ins do not start: ${describeReason(error)}.`);
  }
}

function describe({ port, databaseUrl, redisUrl, redisToken, breachedPasswordsUrl }: StandIns): string {
  return `The stand-ins answer on port ${port}, tables made. Lines for .dev.vars:

DATABASE_URL="${databaseUrl}"
UPSTASH_REDIS_REST_URL="${redisUrl}"
UPSTASH_REDIS_REST_TOKEN="${redisToken}"
BREACHED_PASSWORDS="${breachedPasswordsUrl}"

Ctrl-C ends them.`;
}
