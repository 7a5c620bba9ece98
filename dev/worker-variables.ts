import { existsSync } from "node:fs";
import { describeReason, Mistake } from "./command.ts";

/** The variables and the name of the deployed Worker, from `wrangler.toml`. */
export interface WorkerSettings {
  readonly name: string;
  readonly vars: Readonly<Record<string, unknown>>;
  /** The names of the `send_email` bindings. */
  readonly mailBindings: readonly string[];
}

/** Reads `wrangler.toml` with wrangler's own parser. Throws a Mistake if wrangler cannot read it. */
export async function readWorkerSettings(path: string): Promise<WorkerSettings> {
  if (!existsSync(path))
    throw new Mistake(`There is no ${path}. Take it back from the repository: git checkout wrangler.toml`);
  // Imported late, because loading wrangler takes a second, and a mistyped option should fail at once.
  const { unstable_readConfig: readConfig } = await import("wrangler");
  try {
    const { name, vars, send_email } = readConfig({ config: path });
    if (name === undefined) throw new Error('it lacks a name, such as name = "gatehouse"');
    return { name, vars, mailBindings: send_email.map((binding: { name: string }) => binding.name) };
  } catch (error) {
    throw new Mistake(`wrangler.toml cannot be used: ${describeReason(error)}`);
  }
}
