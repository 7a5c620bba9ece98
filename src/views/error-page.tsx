import type { PageView } from "../language.ts";
import { Layout } from "./document.tsx";
import { ButtonLink, Panel } from "./panel.tsx";
import { WORDS } from "./words.ts";

export interface ErrorPageProps {
  view: PageView;
  title: string;
  /** What happened and what one can do. Never the message of a library. */
  message: string;
  /** Lets whoever runs the service find the log lines of this request. */
  requestId: string;
  action?: { href: string; label: string } | undefined;
  /** As in `Layout`. */
  enhanced?: boolean | undefined;
}

/** Every answer that is not the page one asked for. */
export function ErrorPage({ view, title, message, requestId, action, enhanced }: ErrorPageProps) {
  return (
    <Layout view={view} title={title} enhanced={enhanced}>
      <Panel title={title}>
        <p>{message}</p>
        {action && <ButtonLink href={action.href}>{action.label}</ButtonLink>}
        <small>
          {WORDS[view.language].reference} <code>{requestId}</code>
        </small>
      </Panel>
    </Layout>
  );
}
