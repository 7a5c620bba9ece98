import { parseArgs } from "node:util";
import { applyMigrations } from "./migrate.ts";
import { startStandIns } from "./stand-ins/server.ts";

const USAGE = `Usage: npm run stand-ins -- [--port N] [--sql mysql://…] [--redis redis://…] [--data DIRECTORY]

Local stand-ins for PlanetScale, Upstash and Pwned Passwords, in the foreground. Without --sql and --redis they bring their own engines,
whose data ends with them unless --data names a directory.`;

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    sql: { type: "string" },
    redis: { type: "string" },
    data: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
if (values.help || !/^\d{1,5}$/.test(values.port)) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 1);
}

const standIns = await startStandIns({
  port: Number(values.port),
  ...(values.sql === undefined ? {} : { sql: values.sql }),
  ...(values.redis === undefined ? {} : { redis: values.redis }),
  ...(values.data === undefined ? {} : { dataDirectory: values.data }),
});
await applyMigrations(standIns.databaseUrl);

console.log(`The stand-ins answer on port ${standIns.port}, tables made. Lines for .dev.vars:

DATABASE_URL="${standIns.databaseUrl}"
UPSTASH_REDIS_REST_URL="${standIns.redisUrl}"
UPSTASH_REDIS_REST_TOKEN="${standIns.redisToken}"
BREACHED_PASSWORDS="${standIns.breachedPasswordsUrl}"

Ctrl-C ends them.`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void standIns.close().then(() => process.exit(0)));
}
