import type { Language } from "../i18n/language.ts";
import type { Children } from "./jsx-runtime.ts";
import { messages } from "./messages.ts";

export interface FormError {
  /** The id of the input to mend; left out where the whole form is meant. */
  field?: string | undefined;
  message: string;
}

/** The errors of a form from what is to be said at each of its fields, in the order of the fields. */
export function listErrors(errorMessages: Readonly<Record<string, string | undefined>>): FormError[] {
  return Object.entries(errorMessages).flatMap(([field, message]) =>
    message === undefined ? [] : [{ field, message }],
  );
}

/** All that is wrong, above the form; takes the focus where the script runs. Renders nothing without errors. */
export function ErrorSummary({ language, errors }: { language: Language; errors: readonly FormError[] }) {
  if (errors.length === 0) return null;
  return (
    <div class="notice error" role="alert" tabindex={-1} data-focus="">
      <h2>{messages[language].problem}</h2>
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
export function Notice({ tone, children }: { tone: NoticeTone; children: Children }) {
  return <div class={`notice ${tone}`}>{children}</div>;
}
