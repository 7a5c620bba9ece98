import type { Context } from "../context.ts";
import { html } from "../http/responses.ts";
import { Moment } from "../views/client.tsx";
import { Layout, renderDocument } from "../views/document.tsx";
import { LinkRow, Panel } from "../views/panel.tsx";
import { WORDS } from "./words.ts";

/** Refuses a change of email until, at epoch milliseconds, one of the changes before it can no longer be undone. */
export function tooManyEmailChanges({ view }: Context, until: number): Response {
  const { language } = view;
  const words = WORDS[language];
  const page = (
    <Layout view={view} title={words.tooManyEmailChanges}>
      <Panel title={words.tooManyEmailChanges}>
        <p>{words.emailChangesBlockedUntil(<Moment language={language} at={until} />)}</p>
        <LinkRow href="/app/account" label={words.backToAccount} />
      </Panel>
    </Layout>
  );
  return html(renderDocument(page), 422);
}
