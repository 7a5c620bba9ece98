import type { RequestLocale } from "../i18n/language.ts";
import { Layout } from "./document.tsx";
import { SignOutForm } from "./form.tsx";
import type { Children } from "./jsx-runtime.ts";
import { messages } from "./messages.ts";
import { ButtonLink, Panel } from "./panel.tsx";

export interface SignOutAction {
  readonly label: string;
  /** The return path after the next sign-in. */
  readonly returnPath: string | null;
}

export interface ErrorPageProps {
  locale: RequestLocale;
  title: string;
  /** Explains the problem and the next step. Never the error message of a library. */
  message: Children;
  /** Lets operators find the log lines of this request. */
  requestId: string;
  /** Possible next steps, the most likely first. */
  actions?: readonly { readonly href: string; readonly label: string }[] | undefined;
  /** A button that signs out, if that is the next step. */
  signOut?: SignOutAction | undefined;
  /** As in `Layout`. */
  standalone?: boolean | undefined;
}

/** The page for a refused or failed request. */
export function ErrorPage({ locale, title, message, requestId, actions = [], signOut, standalone }: ErrorPageProps) {
  return (
    <Layout locale={locale} title={title} standalone={standalone}>
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
