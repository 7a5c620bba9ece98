import type { Children } from "./jsx-runtime.ts";

export interface PanelProps {
  title: string;
  /** The page's first panel holds its `h1` and stands under the arch; those after it take `h2`. */
  level?: 1 | 2 | undefined;
  children?: Children;
}

/** A part of a page with a heading. */
export function Panel({ title, level = 1, children }: PanelProps) {
  const Heading = level === 1 ? "h1" : "h2";
  return (
    <section class={level === 1 ? "panel arch" : "panel"}>
      <Heading>{title}</Heading>
      {children}
    </section>
  );
}

export interface Fact {
  term: string;
  value: Children;
}

/** What is known about an account, a session, an event. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl>
      {facts.map(({ term, value }) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export interface LinkRowProps {
  /** The question that the link answers, as in "New here?" */
  lead?: string | undefined;
  href: string;
  label: string;
}

/** A quiet way on, under a form. */
export function LinkRow({ lead, href, label }: LinkRowProps) {
  return (
    <p class="links">
      {lead} <a href={href}>{label}</a>
    </p>
  );
}

export interface ButtonLinkProps {
  href: string;
  tone?: "primary" | "quiet" | undefined;
  children: Children;
}

/** A link that is the main thing to do next and so looks like a button. It only leads somewhere. */
export function ButtonLink({ href, tone = "primary", children }: ButtonLinkProps) {
  return (
    <a class={tone === "primary" ? "button" : "button quiet"} href={href}>
      {children}
    </a>
  );
}
