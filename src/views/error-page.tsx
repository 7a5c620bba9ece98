import type { PageView } from "../i18n/language.ts";
import { Layout } from "./document.tsx";
import { SignOutForm } from "./form.tsx";
import type { Children } from "./jsx-runtime.ts";
import { ButtonLink, Panel } from "./panel.tsx";
import { WORDS } from "./words.ts";

export interface SignOutWay {
  readonly label: string;
  /** Where to go on to after the next sign-in. */
  readonly returnPath: string | null;
}

export interface ErrorPageProps {
  view: PageView;
  title: string;
  /** What happened and what one can do. Never the message of a library. */
  message: Children;
  /** Lets whoever runs the service find the log lines of this request. */
  requestId: string;
  /** Where one can go from here, the likeliest first. */
  ways?: readonly { readonly href: string; readonly label: string }[] | undefined;
  /** The way on where it leads past signing out. */
  signOut?: SignOutWay | undefined;
  /** As in `Layout`. */
  enhanced?: boolean | undefined;
}

/** Every answer that is not the page one asked for. */
export function ErrorPage({ view, title, message, requestId, ways = [], signOut, enhanced }: ErrorPageProps) {
  return (
    <Layout view={view} title={title} enhanced={enhanced}>
      <Panel title={title}>
        <p>{message}</p>
        {ways.map(({ href, label }, index) => (
          <ButtonLink key={href} href={href} tone={index === 0 ? "primary" : "quiet"}>
            {label}
          </ButtonLink>
        ))}
        {signOut && (
          <SignOutForm
            language={view.language}
            submit={signOut.label}
            returnPath={signOut.returnPath ?? undefined}
            tone={ways.length === 0 ? "primary" : "quiet"}
          />
        )}
        <small>
          {WORDS[view.language].reference} <code>{requestId}</code>
        </small>
      </Panel>
    </Layout>
  );
}
