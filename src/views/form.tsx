import { readableEmail } from "../i18n/email-syntax.ts";
import type { Language } from "../i18n/language.ts";
import type { Children } from "./jsx-runtime.ts";
import { messages } from "./messages.ts";

export interface FormProps {
  action: string;
  /** The button's label. */
  submit: string;
  /**
   * The button's label while the form is on its way; shown only where the script runs, which makes one sign of its three
   * dots. On the page that sign would make V8 keep, and encode, all of it in two bytes a character.
   */
  busy: string;
  /**
   * The user's id, the hash of a link's token, or "nobody": the form is refused once somebody else is signed in, or
   * another link is open. Null only where the form is right whoever sends it.
   */
  madeFor: string | null;
  /** Carried through as `redirectTo`; left out, the field is not rendered. */
  returnPath?: string | undefined;
  /** How the button looks: `danger` for what cannot be undone. */
  tone?: ButtonTone | undefined;
  children?: Children;
}

export type ButtonTone = "primary" | "quiet" | "danger";

/**
 * A form that posts. The browser's own validation is off: the server's messages are the same in every browser,
 * stay on the page and name every mistake at once.
 */
export function Form({ action, submit, busy, madeFor, returnPath, tone = "primary", children }: FormProps) {
  return (
    <form method="post" action={action} novalidate>
      {madeFor !== null && <HiddenField name="madeFor" value={madeFor} />}
      {returnPath !== undefined && <HiddenField name="redirectTo" value={returnPath} />}
      {children}
      <button type="submit" class={tone === "primary" ? undefined : tone} data-busy={busy}>
        {submit}
      </button>
    </form>
  );
}

/** A form that is only a button, such as "Sign out": what a link must not do. `HiddenField`s may go inside. */
export function ButtonForm({ tone = "quiet", ...props }: FormProps) {
  return <Form tone={tone} {...props} />;
}

export interface SignOutFormProps {
  language: Language;
  /** What the button says, where "Sign out" could mean another thing. */
  submit?: string | undefined;
  /** Where to go on to after the next sign-in. */
  returnPath?: string | undefined;
  tone?: ButtonTone | undefined;
}

/** The way out of the account. It ends whatever session is here, so it is made for nobody in particular. */
export function SignOutForm({ language, submit = messages[language].signOut, returnPath, tone }: SignOutFormProps) {
  return (
    <ButtonForm
      action="/auth/signout"
      submit={submit}
      busy={messages[language].signingOut}
      madeFor={null}
      returnPath={returnPath}
      tone={tone}
    />
  );
}

/** A value the form carries along. Never a secret. */
export function HiddenField({ name, value }: { name: string; value: string }) {
  return <input type="hidden" name={name} value={value} />;
}

interface FieldProps {
  name: string;
  /** Defaults to `name`; to be given where two forms on a page share one. Error summaries link to it. */
  id?: string | undefined;
  label: string;
  /** What went wrong and how to mend it; marks the field as invalid. */
  error?: string | undefined;
  /** Said before anything is typed. */
  help?: string | undefined;
  /** Password managers live by this one. */
  autocomplete: string;
  /** True unless told otherwise. Told to assistive technology; the server is what checks. */
  required?: boolean | undefined;
  minLength?: number | undefined;
  enterKeyHint?: "done" | "go" | "next" | "send" | undefined;
}

export interface TextFieldProps extends FieldProps {
  /** What was typed before. */
  value?: string | undefined;
  maxLength?: number | undefined;
  inputMode?: "text" | "numeric" | undefined;
  readOnly?: boolean | undefined;
}

/** One line of text, a mailed code for instance. */
export function TextField({ value, maxLength, inputMode, readOnly, ...field }: TextFieldProps) {
  return (
    <Field {...field}>
      <input
        {...inputAttributes(field)}
        type="text"
        value={value}
        maxlength={maxLength}
        inputmode={inputMode}
        readonly={readOnly}
        autocapitalize="none"
        spellcheck={false}
      />
    </Field>
  );
}

export type EmailFieldProps = Omit<TextFieldProps, "inputMode">;

/** An address: `autocomplete` is `username` wherever it names the account. */
export function EmailField({ value, maxLength, readOnly, ...field }: EmailFieldProps) {
  return (
    <Field {...field}>
      <input
        {...inputAttributes(field)}
        type="email"
        value={readOnly && value !== undefined ? readableEmail(value) : value}
        maxlength={maxLength}
        inputmode="email"
        readonly={readOnly}
        spellcheck={false}
      />
    </Field>
  );
}

export interface PasswordFieldProps extends FieldProps {
  autocomplete: "current-password" | "new-password";
}

/**
 * A password. It takes no value, so none can be echoed, and no greatest length: browsers cut what is pasted without
 * a word. Spelling is off because some browsers send a revealed password to their spelling service.
 */
export function PasswordField(field: PasswordFieldProps) {
  return (
    <Field {...field}>
      <div class="row">
        <input {...inputAttributes(field)} type="password" spellcheck={false} />
      </div>
    </Field>
  );
}

export interface CheckboxProps {
  name: string;
  label: string;
  /** What went wrong and how to mend it; marks the box as invalid. */
  error?: string | undefined;
}

/** Something to agree to before going on. Sends `yes`, or nothing. */
export function Checkbox({ name, label, error }: CheckboxProps) {
  return (
    <div class="field">
      {error && <FieldError id={name} error={error} />}
      <label class="check">
        <input
          id={name}
          type="checkbox"
          name={name}
          value="yes"
          aria-required
          aria-invalid={error ? true : undefined}
          aria-describedby={error && errorId(name)}
        />
        {label}
      </label>
    </div>
  );
}

function FieldError({ id, error }: { id: string; error: string }) {
  return (
    <p id={errorId(id)} class="error">
      {error}
    </p>
  );
}

/** Help and error stand above the input, where neither a keyboard on the screen nor a list of suggestions hides them. */
function Field({ label, help, error, children, ...field }: FieldProps & { children: Children }) {
  const id = field.id ?? field.name;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {help && <p id={helpId(id)}>{help}</p>}
      {error && <FieldError id={id} error={error} />}
      {children}
    </div>
  );
}

/** `aria-required`, not `required`: with the latter some screen readers call an empty field invalid on arrival. */
function inputAttributes({ name, id = name, help, error, autocomplete, required = true, ...rest }: FieldProps) {
  return {
    id,
    name,
    autocomplete,
    minlength: rest.minLength,
    enterkeyhint: rest.enterKeyHint,
    "aria-required": required || undefined,
    "aria-invalid": error ? true : undefined,
    "aria-describedby": [help && helpId(id), error && errorId(id)].filter(Boolean).join(" ") || undefined,
  };
}

const helpId = (id: string) => `${id}-help`;
const errorId = (id: string) => `${id}-error`;
