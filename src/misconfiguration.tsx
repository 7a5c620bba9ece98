import type { ConfigProblem } from "./config.ts";
import { html } from "./http/responses.ts";
import { log } from "./log.ts";
import { finishResponse } from "./router.tsx";
import { Layout, renderDocument } from "./views/document.tsx";
import { ErrorPage } from "./views/error-page.tsx";
import { Facts, Panel } from "./views/panel.tsx";

/**
 * Answers everything while a variable is missing or wrong. The log names each and says how to mend it; so does the
 * page, where the developer is the only one to see it (`local`).
 */
export function showMisconfiguration(request: Request, problems: readonly ConfigProblem[], local: boolean): Response {
  const requestId = crypto.randomUUID();
  log("misconfigured", { requestId, problems });
  const page = local ? (
    <Layout title="Gatehouse is not configured" enhanced={false}>
      <Panel title="Gatehouse is not configured">
        <p>These variables are missing or wrong. Start again once they are mended.</p>
        <Facts
          facts={problems.map(({ variable, problem, remedy }) => ({
            term: variable,
            value: `It ${problem}. ${remedy}`,
          }))}
        />
      </Panel>
    </Layout>
  ) : (
    <ErrorPage
      title="We cannot do that right now"
      message="This service is being set up. Try again later."
      requestId={requestId}
      enhanced={false}
    />
  );
  const headers = { "Retry-After": "60" };
  return finishResponse(html(renderDocument(page), 503, headers), {
    url: new URL(request.url),
    requestId,
    cookies: [],
  });
}
