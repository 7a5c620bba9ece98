import type { RequestLocale } from "../i18n/language.ts";
import { Layout } from "./document.tsx";
import { ButtonLink, Panel } from "./panel.tsx";

export interface DeadLinkPageProps {
  locale: RequestLocale;
  title: string;
  /** All that may have happened to it, and what one can do. */
  message: string;
  /** Where one can go from here, the likeliest first. */
  actions: readonly { readonly href: string; readonly label: string }[];
}

/** One answer for forged, cut, used, replaced and expired links: it tells nobody which it was. */
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
