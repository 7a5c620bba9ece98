import type { ComponentChildren } from "preact";

export interface FormError {
  /** The id of the input to mend; left out where the whole form is meant. */
  field?: string | undefined;
  message: string;
}

/** All that is wrong, above the form; takes the focus where the script runs. Renders nothing without errors. */
export function ErrorSummary({ errors }: { errors: readonly FormError[] }) {
  if (errors.length === 0) return null;
  return (
    <div class="notice error" role="alert" tabIndex={-1} data-focus="">
      <h2>There is a problem</h2>
      <ul>
        {errors.map(({ field, message }) => (
          <li key={field}>{field === undefined ? message : <a href={`#${field}`}>{message}</a>}</li>
        ))}
      </ul>
    </div>
  );
}

export type NoticeTone = "info" | "success" | "warning";

/** Something worth knowing before going on. Plain content, not a live region: it is there when the page arrives. */
export function Notice({ tone, children }: { tone: NoticeTone; children: ComponentChildren }) {
  return <div class={`notice ${tone}`}>{children}</div>;
}
