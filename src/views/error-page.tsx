import type { RequestLocale } from "../i18n/language.ts";
import { Layout } from "./document.tsx";
import { SignOutForm } from "./form.tsx";
import type { Children } from "./jsx-runtime.ts";
import { messages } from "./messages.ts";
import { ButtonLink, Panel } from "./panel.tsx";

export interface SignOutAction {
  readonly label: string;
  /** Where to go on to after the next sign-in. */
  readonly returnPath: string | null;
}

export interface ErrorPageProps {
  locale: RequestLocale;
  title: string;
  /** What happened and what one can do. Never the message of a library. */
  message: Children;
  /** Lets whoever runs the service find the log lines of this request. */
  requestId: string;
  /** Where one can go from here, the likeliest first. */
  actions?: readonly { readonly href: string; readonly label: string }[] | undefined;
  /** The way on where it leads past signing out. */
  signOut?: SignOutAction | undefined;
  /** As in `Layout`. */
  enhanced?: boolean | undefined;
}

/** Every answer that is not the page one asked for. */
export function ErrorPage({ locale, title, message, requestId, actions = [], signOut, enhanced }: ErrorPageProps) {
  return (
    <Layout locale={locale} title={title} enhanced={enhanced}>
      <Panel title={title}>
        <p>{message}</p>
        {actions.map(({ href, label }, index) => (
          <ButtonLink key={href} href={href} tone={index === 0 ? "primary" : "quiet"}>
            {label}
          </ButtonLink>
        ))}
        {signOut && (
          <SignOutForm
            language={locale.language}
            submit={signOut.label}
            returnPath={signOut.returnPath ?? undefined}
            tone={actions.length === 0 ? "primary" : "quiet"}
          />
        )}
        <small>
          {messages[locale.language].reference} <code>{requestId}</code>
        </small>
      </Panel>
    </Layout>
  );
}
