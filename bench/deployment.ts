import { type StandIns, startStandIns } from "@gatehouse/stand-ins";
import { type Bundle, build } from "./build.ts";
import type { Cores } from "./cores.ts";
import { onFinish } from "./ending.ts";
import { schemaOf } from "./schemas.ts";
import { startMailbox } from "./upstream/mailbox.ts";
import type { Variant } from "./variants.ts";
import { startWorker, type WorkerProcess, type Wrapper } from "./worker-process.ts";
import { type Bindings, writeConfig } from "./workerd-config.ts";

/** A built variant with stores of its own, which keep their data during the run. */
export interface Deployment {
  readonly variant: Variant;
  readonly bundle: Bundle;
  readonly standIns: StandIns;
  /** Starts it in its own workerd. `upstreamPort` is the port of the stores in place of the stand-ins. */
  start(settings?: { readonly upstreamPort?: number; readonly wrapper?: Wrapper }): Promise<WorkerProcess>;
}

export interface DeploymentOptions {
  readonly cores: Cores | null;
  /** The pages that the compared variants answer with. Gatehouse renders its own. */
  readonly pages: Bindings;
  /** Its stores with their tables, if they are running already. The caller ends them. */
  readonly standIns?: StandIns;
}

/** Ends with the run. */
export async function prepareDeployment(variant: Variant, setting: DeploymentOptions): Promise<Deployment> {
  const bundle = await build(variant);
  const { cores, pages, standIns = await startStores(variant) } = setting;
  const own = variant === "gatehouse" ? await gatehouseVariables() : {};
  return {
    variant,
    bundle,
    standIns,
    start: async ({ upstreamPort = standIns.port, wrapper = [] } = {}) => {
      const at = (url: string) => url.replace(`:${standIns.port}`, `:${upstreamPort}`);
      const config = writeConfig(bundle.directory, {
        ...pages,
        ...own,
        DATABASE_URL: at(standIns.databaseUrl),
        UPSTASH_REDIS_REST_URL: at(standIns.redisUrl),
        UPSTASH_REDIS_REST_TOKEN: standIns.redisToken,
        ...(variant === "gatehouse" ? { BREACHED_PASSWORDS: at(standIns.breachedPasswordsUrl) } : {}),
      });
      return startWorker(config, cores, wrapper);
    },
  };
}

async function startStores(variant: Variant): Promise<StandIns> {
  const standIns = await startStandIns({ schema: await schemaOf(variant) });
  onFinish(() => standIns.close());
  return standIns;
}

/** The variables of wrangler.toml, except that messages are dropped and that one machine may send all forms. */
async function gatehouseVariables(): Promise<Bindings> {
  return {
    PUBLIC_ORIGIN: "http://localhost:8787",
    EMAIL_VERIFICATION: "optional",
    MAIL_FROM: "Gatehouse <accounts@example.com>",
    MAIL_SENDER: "resend",
    RESEND_API_URL: await startMailbox(),
    RESEND_API_KEY: "a-key-for-the-benchmark",
    SOURCE_POSTS_MAX: "100000000",
    SOURCE_POSTS_WINDOW_MINUTES: "15",
  };
}
