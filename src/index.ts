import { type ConfigResult, parseConfig } from "./config/config.ts";
import { isLoopbackHttp } from "./http/origin.ts";
import { checkBounds } from "./http/request-bounds.ts";
import { createContext } from "./request/context.ts";
import { log } from "./request/log.ts";
import { routes } from "./routes.ts";
import { showMisconfiguration } from "./server/misconfiguration.tsx";
import { createRouter } from "./server/router.tsx";
import { runScheduled } from "./server/scheduled.ts";

const dispatch = createRouter(routes);
/** The results of reading the configuration, by whether the request arrived over plain http on a loopback host. */
const configResults = new Map<boolean, ConfigResult>();

/** Reads the configuration for the first request of an isolate, and logs what a deployed Worker is not set up for. */
function readConfig(env: Env, local: boolean): ConfigResult {
  const result = parseConfig({ ...env }, local);
  configResults.set(local, result);
  if (result.ok && result.config.secretKeys === null && !local) log("secret-keys-missing", {});
  return result;
}

export default {
  fetch(request, env, execution) {
    const { url, oversize } = checkBounds(request);
    const local = isLoopbackHttp(url);
    const result = configResults.get(local) ?? readConfig(env, local);
    if (!result.ok) return showMisconfiguration(request, url, result.problems, local);
    const received = { request, url, oversize };
    const { config } = result;
    const response = dispatch(received, config, (route) => createContext(received, route, config, execution));
    // Keeps running if the client disconnects, so that follow-up work still happens, such as the email to the owner.
    execution.waitUntil(response);
    return response;
  },

  async scheduled({ cron, scheduledTime }, env) {
    // Without a request this code cannot know where it runs, so it uses the more lenient rules of a developer's
    // machine.
    const result = parseConfig({ ...env }, true);
    if (!result.ok) {
      log("misconfigured", { problems: result.problems });
      throw new Error("Misconfigured");
    }
    await runScheduled(result.config, cron, scheduledTime);
  },
} satisfies ExportedHandler<Env>;
