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
 * Answers everything while a variable is missing or wrong. The log names each and says how to mend it; so does the
 * page, where the developer is the only one to see it (`local`).
 */
export async function showMisconfiguration(
  request: Request,
  url: URL,
  problems: readonly ConfigProblem[],
  local: boolean,
): Promise<Response> {
  const requestId = crypto.randomUUID();
  log("misconfigured", { requestId, problems });
  const locale = readLocale(request, url, null);
  const text = messages[locale.language];
  const page = local ? (
    <DeveloperPage problems={problems} />
  ) : (
    <ErrorPage
      locale={locale}
      title={text.refusals.unavailable.title}
      message={text.beingSetUp}
      requestId={requestId}
      enhanced={false}
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

/** In English whatever the browser prefers: so are the variables' names and the console that it speaks of. */
function DeveloperPage({ problems }: { problems: readonly ConfigProblem[] }) {
  const title = "Gatehouse is not configured";
  return (
    <Layout locale={{ language: "en", switchHref: null }} title={title} enhanced={false} lists>
      <Panel title={title}>
        <p>These variables are missing or wrong. Start again once they are mended.</p>
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
