import type { Children } from "./jsx-runtime.ts";

export interface Entry {
  readonly key: string;
  readonly title: Children;
  /** Facts about the entry, the most important first. Null leaves a line out. */
  readonly lines: readonly (Children | null)[];
  /** A link below the entry. `about` completes the label for screen readers. */
  readonly action?: { readonly href: string; readonly label: string; readonly about: string } | undefined;
}

/** A list of sessions or events, each with a title and a few lines. */
export function Entries({ entries }: { entries: readonly Entry[] }) {
  return (
    <ul class="entries">
      {entries.map(({ key, title, lines, action }) => (
        <li key={key}>
          <div>
            <strong>{title}</strong>
            {lines.map((line, index) => line !== null && <p key={`${index}`}>{line}</p>)}
          </div>
          {action && (
            <a href={action.href} aria-label={`${action.label}: ${action.about}`}>
              {action.label}
            </a>
          )}
        </li>
      ))}
    </ul>
  );
}

export interface NavItem {
  readonly href: string;
  readonly label: string;
  /** Describes the linked page. */
  readonly about: string;
}

/** A list of links to other pages. */
export function NavList({ label, actions }: { label: string; actions: readonly NavItem[] }) {
  return (
    <nav aria-label={label}>
      <ul class="entries">
        {actions.map(({ href, label: name, about }) => (
          <li key={href}>
            <div>
              <a href={href}>{name}</a>
              <p>{about}</p>
            </div>
          </li>
        ))}
      </ul>
    </nav>
  );
}
