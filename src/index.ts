import { type ConfigResult, parseConfig } from "./config/config.ts";
import { isLoopbackHttp } from "./http/origin.ts";
import { checkBounds } from "./http/request-bounds.ts";
import { createContext } from "./request/context.ts";
import { log } from "./request/log.ts";
import { routes } from "./routes.ts";
import { showMisconfiguration } from "./server/misconfiguration.tsx";
import { createRouter } from "./server/router.tsx";
import { runScheduled } from "./server/scheduled.ts";

const answer = createRouter(routes);
const readConfigs = new Map<boolean, ConfigResult>();

export default {
  fetch(request, env, execution) {
    const { url, oversize } = checkBounds(request);
    const local = isLoopbackHttp(url);
    const read = readConfigs.get(local) ?? parseConfig({ ...env }, local);
    readConfigs.set(local, read);
    if (!read.ok) return showMisconfiguration(request, url, read.problems, local);
    const received = { request, url, oversize };
    const { config } = read;
    const answering = answer(received, config, (route) => createContext(received, route, config, execution));
    // Whoever hangs up does not keep what follows from happening, such as the mail that tells the owner.
    execution.waitUntil(answering);
    return answering;
  },

  async scheduled({ cron, scheduledTime }, env) {
    // Without a request nothing tells where this runs; the rules for a developer's machine are the laxer ones.
    const read = parseConfig({ ...env }, true);
    if (!read.ok) {
      log("misconfigured", { problems: read.problems });
      throw new Error("Misconfigured");
    }
    await runScheduled(read.config, cron, scheduledTime);
  },
} satisfies ExportedHandler<Env>;
