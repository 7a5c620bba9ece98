import type { RequestLocale } from "../i18n/language.ts";
import { Layout } from "./document.tsx";
import { ButtonLink, Panel } from "./panel.tsx";

export interface DeadLinkPageProps {
  locale: RequestLocale;
  title: string;
  /** Lists the possible reasons and the next step. */
  message: string;
  /** Possible next steps, the most likely first. */
  actions: readonly { readonly href: string; readonly label: string }[];
}

/** One page for forged, truncated, used, replaced and expired links, so that it does not reveal the reason. */
export function DeadLinkPage({ locale, title, message, actions }: DeadLinkPageProps) {
  return (
    <Layout locale={locale} title={title}>
      <Panel title={title}>
        <p>{message}</p>
        {actions.map(({ href, label }, index) => (
          <ButtonLink key={href} href={href} tone={index === 0 ? "primary" : "quiet"}>
            {label}
          </ButtonLink>
        ))}
      </Panel>
    </Layout>
  );
}
