import type { Language } from "../i18n/language.ts";
import type { Children } from "./jsx-runtime.ts";
import { messages } from "./messages.ts";

export interface FormError {
  /** The id of the input to correct; undefined or empty if the error concerns the whole form. */
  field?: string | undefined;
  message: string;
}

/** Converts the error messages of the fields to a list, in the same order. Skips fields without an error. */
export function listErrors(errorMessages: Readonly<Record<string, string | undefined>>): FormError[] {
  return Object.entries(errorMessages).flatMap(([field, message]) =>
    message === undefined ? [] : [{ field, message }],
  );
}

/** Lists all errors above the form. The script moves the focus to it. Renders nothing without errors. */
export function ErrorSummary({ language, errors }: { language: Language; errors: readonly FormError[] }) {
  if (errors.length === 0) return null;
  return (
    <div class="notice error" role="alert" tabindex={-1} data-focus="">
      <h2>{messages[language].problem}</h2>
      <ul>
        {errors.map(({ field, message }) => (
          <li key={field}>{!field ? message : <a href={`#${field}`}>{message}</a>}</li>
        ))}
      </ul>
    </div>
  );
}

/** The reason why a form was refused for now. Its page shows it above the form, which keeps the typed values. */
export interface Refusal {
  readonly reason: string;
  readonly title: string;
  /** Says what happened and what to do next. */
  readonly message: Children;
  /** Other next steps than sending the form again, the most likely first. */
  readonly actions: readonly { readonly href: string; readonly label: string }[];
  /** The label and the value that let operators find the log lines of the request. */
  readonly reference: Children;
}

/** Shows a refusal; nothing if it is undefined. `children` are further next steps. The script moves the focus to it. */
export function RefusalNotice({ refusal, children }: { refusal: Refusal | undefined; children?: Children }) {
  if (refusal === undefined) return null;
  return (
    <div class="notice error" role="alert" tabindex={-1} data-focus="">
      <h2>{refusal.title}</h2>
      <p>{refusal.message}</p>
      {refusal.actions.map(({ href, label }) => (
        <p key={href}>
          <a href={href}>{label}</a>
        </p>
      ))}
      {children}
      <small>{refusal.reference}</small>
    </div>
  );
}

export type NoticeTone = "info" | "success" | "warning";

/** A message above the content. It is not a live region, because it is already in the page when the page loads. */
export function Notice({ tone, children }: { tone: NoticeTone; children: Children }) {
  return <div class={`notice ${tone}`}>{children}</div>;
}
