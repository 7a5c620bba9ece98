import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Redis } from "ioredis";
import { createConnection } from "mysql2/promise";
import { findFreePort, findProgram, type ServerProcess, startServer } from "./processes.ts";

/** More than one run uses: each stand-in gets a database of its own, so that it finds no data of another one. */
const REDIS_DATABASES = 10_000;

export interface RealEngines {
  /** `mysql://…` of a server on which databases can be created. */
  readonly sql: string;
  /** `redis://…` without a database number. There are `REDIS_DATABASES` databases; number 0 counts those in use. */
  readonly redis: string;
  stop(): Promise<void>;
}

/** The programs that the real engines need and that are not installed. */
export function findMissingEngines(): string[] {
  return ["mariadbd", "mariadb-install-db", "redis-server"].filter((program) => findProgram(program) === null);
}

/** Starts a MariaDB and a Redis of our own on free loopback ports. Servers that already run are not used. */
export async function startRealEngines(): Promise<RealEngines> {
  const directory = mkdtempSync(join(tmpdir(), "gatehouse-engines-"));
  const remove = () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  process.once("exit", remove);
  const [mariadb, redis] = await Promise.all([startMariaDb(directory), startRedis(directory)]);
  return {
    sql: `mysql://gatehouse:gatehouse@127.0.0.1:${mariadb.port}`,
    redis: `redis://127.0.0.1:${redis.port}`,
    stop: async () => {
      await Promise.all([mariadb.stop(), redis.stop()]);
      process.off("exit", remove);
      remove();
    },
  };
}

async function startMariaDb(directory: string): Promise<ServerProcess> {
  const data = join(directory, "mariadb");
  const user = `--user=${userInfo().username}`;
  await promisify(execFile)(findProgram("mariadb-install-db") ?? "", [
    "--no-defaults",
    user,
    `--datadir=${data}`,
    "--auth-root-authentication-method=normal",
    "--skip-test-db",
  ]).catch(({ stdout, stderr }) => {
    throw new Error(`mariadb-install-db failed:\n${stdout}${stderr}`);
  });

  const port = await findFreePort();
  const options = { host: "127.0.0.1", port, user: "root" };
  const server = await startServer(
    findProgram("mariadbd") ?? "",
    [
      "--no-defaults",
      user,
      `--datadir=${data}`,
      `--socket=${join(directory, "mariadb.sock")}`,
      `--pid-file=${join(directory, "mariadb.pid")}`,
      `--port=${port}`,
      "--bind-address=127.0.0.1",
      "--max-connections=500",
      // No data here outlives the run, so none has to be flushed to the disk.
      "--innodb-flush-log-at-trx-commit=0",
      "--skip-log-bin",
    ],
    port,
    () => responds(async () => (await createConnection(options)).end()),
  );
  const connection = await createConnection(options);
  await connection.query("CREATE USER 'gatehouse'@'%' IDENTIFIED BY 'gatehouse'");
  await connection.query("GRANT ALL ON *.* TO 'gatehouse'@'%'");
  await connection.end();
  return server;
}

async function startRedis(directory: string): Promise<ServerProcess> {
  const port = await findFreePort();
  return startServer(
    findProgram("redis-server") ?? "",
    ["--port", `${port}`, "--bind", "127.0.0.1", "--dir", directory, "--save", "", "--databases", `${REDIS_DATABASES}`],
    port,
    () =>
      responds(async () => {
        const redis = new Redis(port, "127.0.0.1", { lazyConnect: true, retryStrategy: null, maxRetriesPerRequest: 0 });
        redis.on("error", () => {});
        await redis.connect();
        redis.disconnect();
      }),
  );
}

async function responds(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch {
    return false;
  }
}
