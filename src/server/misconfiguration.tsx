import type { ConfigProblem } from "../config/config.ts";
import { html } from "../http/responses.ts";
import { log } from "../request/log.ts";
import { readLocale } from "../request/read-locale.ts";
import { Layout, renderDocument } from "../views/document.tsx";
import { ErrorPage } from "../views/error-page.tsx";
import { Facts, Panel } from "../views/panel.tsx";
import { messages } from "./refusal-messages.ts";
import { finishResponse } from "./router.tsx";

/**
 * Responds to every request while a variable is missing or wrong. The log lists every problem and how to fix it. The
 * page lists them only if `local` is true, because then only the developer sees it.
 */
export async function showMisconfiguration(
  request: Request,
  url: URL,
  problems: readonly ConfigProblem[],
  local: boolean,
): Promise<Response> {
  const requestId = crypto.randomUUID();
  log("misconfigured", { requestId, problems });
  const locale = readLocale({ request, url, route: null, cookies: { chosenLanguage: null }, returnPath: null });
  const text = messages[locale.language];
  const page = local ? (
    <DeveloperPage problems={problems} />
  ) : (
    <ErrorPage
      locale={locale}
      title={text.refusals.unavailable.title}
      message={text.beingSetUp}
      requestId={requestId}
      standalone
    />
  );
  const headers = { "Retry-After": "60" };
  return finishResponse(html(renderDocument(page), 503, headers), {
    config: null,
    url,
    requestId,
    cookies: null,
    locale,
  });
}

/** Always in English, like the names of the variables and the consoles that it mentions. */
function DeveloperPage({ problems }: { problems: readonly ConfigProblem[] }) {
  const title = "Gatehouse is not configured";
  return (
    <Layout locale={{ language: "en", switchHref: null }} title={title} standalone>
      <Panel title={title}>
        <p>These variables are missing or wrong. Fix them, then restart.</p>
        <Facts
          facts={problems.map(({ variable, problem, remedy }) => ({
            term: variable,
            value: `It ${problem}. ${remedy}`,
          }))}
        />
      </Panel>
    </Layout>
  );
}
