import { brand } from "../brand.ts";
import { unbroken } from "./document.tsx";
import type { Children } from "./jsx-runtime.ts";

export interface PanelProps {
  title: string;
  /** The first panel of a page has the `h1` and the shape of the brand. Other panels have an `h2`. */
  level?: 1 | 2 | undefined;
  children?: Children;
}

/** A section of a page with a heading. */
export function Panel({ title, level = 1, children }: PanelProps) {
  const Heading = level === 1 ? "h1" : "h2";
  return (
    <section class={level === 1 && brand.shape === "arch" ? "panel arch" : "panel"}>
      <Heading>{unbroken(title)}</Heading>
      {children}
    </section>
  );
}

export interface Fact {
  term: string;
  value: Children;
}

/** A list of facts, as terms and values. */
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
  /** The question before the link, such as "New here?" */
  lead?: string | undefined;
  href: string;
  label: string;
}

/** A secondary link below a form. */
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

/** A link that looks like a button, for the main next step. Opening the linked page must not change anything. */
export function ButtonLink({ href, tone = "primary", children }: ButtonLinkProps) {
  return (
    <a class={tone === "primary" ? "button" : "button quiet"} href={href}>
      {children}
    </a>
  );
}
