import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describeReason, Mistake } from "./command.ts";

/** SQLite's error code (sqlite.org/rescode.html). */
const SQLITE_BUSY = 5;

/**
 * Locks `directory` against other processes, and creates it if it is missing. Two processes that write there would
 * overwrite each other's data. SQLite holds a file lock, which the operating system releases when the process ends for
 * any reason. Returns a function that releases the lock. Throws a Mistake if another process holds it or the
 * directory cannot be used.
 */
export function lockDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const connection = open(join(directory, "lock.sqlite"));
  try {
    connection.exec("BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS holder (pid INTEGER); DELETE FROM holder");
    connection.prepare("INSERT INTO holder VALUES (?)").run(process.pid);
    // The commit lets other processes read the row. The second BEGIN takes the lock that is kept.
    connection.exec("COMMIT; BEGIN IMMEDIATE");
  } catch (error) {
    const message = explain(error, directory, connection);
    connection.close();
    throw new Mistake(message);
  }
  return () => connection.close();
}

function open(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { timeout: 0 });
  } catch (error) {
    throw new Mistake(`${path} cannot be opened: ${describeReason(error)}`);
  }
}

function explain(error: unknown, directory: string, connection: DatabaseSync): string {
  const isBusy = error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;
  if (!isBusy) return `${directory} cannot be used: ${describeReason(error)}. Remove it to start over.`;
  return `Process ${findHolder(connection)} uses ${directory} already. End it first.`;
}

function findHolder(connection: DatabaseSync): string {
  try {
    return String(connection.prepare("SELECT pid FROM holder").get()?.["pid"] ?? "(unknown)");
  } catch {
    return "(unknown)";
  }
}
