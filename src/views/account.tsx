import type { RequestLocale } from "../i18n/language.ts";
import { Layout, type LayoutProps, unbroken } from "./document.tsx";
import type { Children } from "./jsx-runtime.ts";
import { messages } from "./messages.ts";

/** The sections of an account, in the order of its navigation. */
const SECTIONS = {
  overview: "/app/account",
  security: "/app/account/security",
  devices: "/app/account/sessions",
  activity: "/app/account/activity",
  data: "/app/account/data",
} as const;

export type Section = keyof typeof SECTIONS;

export interface AccountLayoutProps extends Pick<LayoutProps, "title" | "errors" | "children"> {
  locale: RequestLocale;
  /** The email of the account. */
  email: string;
  /** The section that the page belongs to. */
  section: Section;
}

/** The frame of the pages of an account: the heading, the navigation between its sections, and the content. */
export function AccountLayout({ locale, email, section, title, errors, children }: AccountLayoutProps) {
  const text = messages[locale.language];
  return (
    <Layout locale={locale} title={title} errors={errors} signedInAs={email}>
      <h1>{unbroken(title)}</h1>
      <nav aria-label={text.account}>
        {Object.entries(SECTIONS).map(([name, href]) => (
          <a key={name} href={href} aria-current={name === section ? "true" : undefined}>
            {text.sections[name as Section]}
          </a>
        ))}
      </nav>
      <div class="cards">{children}</div>
    </Layout>
  );
}

export interface CardProps {
  /** Left out if the heading of the page says it already. */
  title?: Children;
  children?: Children;
}

/** A plain part of a signed-in page. */
export function Card({ title, children }: CardProps) {
  return (
    <section>
      {title && <h2>{title}</h2>}
      {children}
    </section>
  );
}

/** What the owner of an account can do with a row. `about` completes the label for screen readers. */
export interface RowAction {
  readonly href: string;
  readonly label: string;
  readonly about?: string | undefined;
  readonly danger?: boolean | undefined;
}

export interface Row {
  readonly key: string;
  readonly title: Children;
  /** The state of the thing, such as "Verified". */
  readonly chip?: string | false | undefined;
  /** Whether the state needs attention. */
  readonly alert?: boolean | undefined;
  /** Facts about it, the most important first. Null leaves a line out. */
  readonly lines: readonly (Children | null)[];
  readonly action?: RowAction | undefined;
  /** A form with a button, for an action that a link must not trigger. */
  readonly form?: Children;
}

/** A list with one row for each thing: its value, its state, and its action on the right. */
export function Rows({ rows }: { rows: readonly Row[] }) {
  return (
    <ul class="rows">
      {rows.map(({ key, title, chip, alert, lines, action, form }) => (
        <li key={key}>
          <div>
            <span>{title}</span> {chip && <small class={alert ? "chip alert" : "chip"}>{chip}</small>}
            {lines.map((line, index) => line !== null && <p key={`${index}`}>{line}</p>)}
          </div>
          {action && (
            <a
              href={action.href}
              class={action.danger ? "bad" : undefined}
              aria-label={action.about && `${action.label}: ${action.about}`}
            >
              {action.label}
            </a>
          )}
          {form}
        </li>
      ))}
    </ul>
  );
}
