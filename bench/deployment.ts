import { type StandIns, startStandIns } from "@gatehouse/stand-ins";
import { type Bundle, build } from "./build.ts";
import type { Cores } from "./cores.ts";
import { onFinish } from "./ending.ts";
import { schemaOf } from "./schemas.ts";
import { startMailbox } from "./upstream/mailbox.ts";
import type { Variant } from "./variants.ts";
import { startWorker, type WorkerProcess, type Wrapper } from "./worker-process.ts";
import { type Bindings, writeConfig } from "./workerd-config.ts";

/** A built variant and its own stores, which keep their data during the run. */
export interface Deployment {
  readonly variant: Variant;
  readonly bundle: Bundle;
  readonly standIns: StandIns;
  /** Starts the bundle in a new workerd. `upstreamPort` replaces the port of the stand-ins. */
  start(settings?: { readonly upstreamPort?: number; readonly wrapper?: Wrapper }): Promise<WorkerProcess>;
}

export interface DeploymentOptions {
  readonly cores: Cores | null;
  /** The pages that the compared variants serve. Gatehouse renders its own. */
  readonly pages: Bindings;
  /** Running stores with their tables, which the caller ends. Without this option, new stores are started. */
  readonly standIns?: StandIns;
}

/** Builds a variant and starts its stores, which end with the run. Rejects if the build fails. */
export async function prepareDeployment(variant: Variant, options: DeploymentOptions): Promise<Deployment> {
  const bundle = await build(variant);
  const { cores, pages, standIns = await startStores(variant) } = options;
  const variables = variant === "gatehouse" ? await gatehouseVariables() : {};
  return {
    variant,
    bundle,
    standIns,
    start: async ({ upstreamPort = standIns.port, wrapper = [] } = {}) => {
      const at = (url: string) => url.replace(`:${standIns.port}`, `:${upstreamPort}`);
      const config = writeConfig(bundle.directory, {
        ...pages,
        ...variables,
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

/** Returns variables with which messages are dropped and one machine may send all forms. */
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
