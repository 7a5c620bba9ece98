import { readableEmail } from "../i18n/email-syntax.ts";
import type { Language } from "../i18n/language.ts";
import type { Children } from "./jsx-runtime.ts";
import { messages } from "./messages.ts";

export interface FormProps {
  action: string;
  /** The button's label. */
  submit: string;
  /** Completes the label for screen readers, if a page has several forms with the same label. */
  about?: string | undefined;
  /**
   * The button's label while the form is being sent. Only the script shows it, and turns the three dots into an
   * ellipsis. An ellipsis in the page itself would make V8 store and encode the page in two bytes per character.
   */
  busy: string;
  /**
   * The id of the signed-in user, or a value from `forms/made-for.ts`. When the form is sent, it is refused if a
   * different account is signed in or a different link is open. Null only for forms that do not depend on the account.
   */
  madeFor: string | null;
  /** The value of the hidden field `redirectTo`. If undefined, the field is not rendered. */
  returnPath?: string | undefined;
  /** Whether the script disables the button until the countdown on the page ends. */
  held?: boolean | undefined;
  /** The look of the button. `danger` is for actions that cannot be undone. */
  tone?: ButtonTone | undefined;
  /** Whether the form differs each time it is shown. Browsers then restore no entries, for example after Back. */
  changes?: boolean | undefined;
  children?: Children;
  /** Further buttons below the first one, which the Enter key presses. */
  after?: Children;
  /** Makes the button use or create a passkey. */
  passkey?: Passkey | undefined;
}

/** How a button uses or creates a passkey. */
export interface Passkey {
  language: Language;
  /** The options of the ceremony as JSON: of `navigator.credentials.create` if they have `rp`, otherwise of `get`. */
  options: string;
  /** Whether the browser also offers passkeys in the field for the email. */
  autofill?: boolean | undefined;
}

export type ButtonTone = "primary" | "quiet" | "danger";

/**
 * A form that is sent with POST. The browser's validation is off, because the server's messages are the same in every
 * browser, stay on the page and name all errors at once.
 */
export function Form({
  action,
  submit,
  about,
  busy,
  madeFor,
  returnPath,
  held,
  tone = "primary",
  passkey,
  changes,
  ...rest
}: FormProps) {
  return (
    <form method="post" action={action} novalidate autocomplete={changes ? "off" : undefined}>
      {madeFor !== null && <HiddenField name="madeFor" value={madeFor} />}
      {returnPath !== undefined && <HiddenField name="redirectTo" value={returnPath} />}
      {passkey && <HiddenField name="credential" value="" />}
      {rest.children}
      <button
        type="submit"
        class={tone === "primary" ? undefined : tone}
        data-busy={busy}
        {...(passkey && passkeyAttributes(passkey))}
        data-held={held || undefined}
        aria-label={about && `${submit}: ${about}`}
      >
        {submit}
      </button>
      {rest.after}
    </form>
  );
}

/**
 * A second button of a form, which uses a passkey. The script asks for it, puts the result into the hidden field
 * `credential`, and sends the form. Without the script, the field is sent empty.
 */
export function PasskeyButton({ label, ...passkey }: Passkey & { label: string }) {
  return (
    <>
      <HiddenField name="credential" value="" />
      <button type="submit" class="quiet" {...passkeyAttributes(passkey)}>
        {label}
      </button>
    </>
  );
}

/** The options, and the errors that the script shows. */
function passkeyAttributes({ language, options, autofill }: Passkey) {
  const { passkeyFailed, passkeyExists } = messages[language];
  const words = `${passkeyFailed}|${passkeyExists}`;
  return { "data-passkey": options, "data-words": words, "data-autofill": autofill || undefined };
}

/**
 * A form that has only a button, such as "Sign out", for actions that a link must not trigger. It may contain
 * `HiddenField`s.
 */
export function ButtonForm({ tone = "quiet", ...props }: FormProps) {
  return <Form tone={tone} {...props} />;
}

export interface SignOutFormProps {
  language: Language;
  /** The button's label where "Sign out" would be ambiguous. */
  submit?: string | undefined;
  /** The return path after the next sign-in. */
  returnPath?: string | undefined;
  tone?: ButtonTone | undefined;
}

/** Signs out. It ends any session of the browser, so it is not bound to an account. */
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

/** A value that the form sends back. Never a secret. */
export function HiddenField({ name, value }: { name: string; value: string }) {
  return <input type="hidden" name={name} value={value} />;
}

interface FieldProps {
  name: string;
  /** Defaults to `name`. Required if two forms on a page use the same name. Error summaries link to this id. */
  id?: string | undefined;
  label: string;
  /** The error and how to fix it. Marks the field as invalid. */
  error?: string | undefined;
  /** Help that is shown before anything is typed. */
  help?: string | undefined;
  /** Tells password managers what to fill in. */
  autocomplete: string;
  /** Defaults to true. Assistive technology announces a required field. Only the server checks it. */
  required?: boolean | undefined;
  minLength?: number | undefined;
  enterKeyHint?: "done" | "go" | "next" | "send" | undefined;
}

export interface TextFieldProps extends FieldProps {
  /** The text that was typed before. */
  value?: string | undefined;
  maxLength?: number | undefined;
  inputMode?: "text" | "numeric" | undefined;
  readOnly?: boolean | undefined;
  /** Whether the script moves the focus here when the page loads, and selects the value after an error. */
  focused?: boolean | undefined;
  /** Whether the script sends the form after all digits of a mailed code were pasted. Not for forms that do anything else. */
  sendsForm?: boolean | undefined;
}

/** A field for one line of text, such as a mailed code. */
export function TextField({ value, maxLength, inputMode, readOnly, focused, sendsForm, ...field }: TextFieldProps) {
  return (
    <Field {...field}>
      <input
        {...inputAttributes(field)}
        type="text"
        value={value}
        maxlength={maxLength}
        inputmode={inputMode}
        readonly={readOnly}
        data-focus={focused || undefined}
        data-sends={sendsForm || undefined}
        autocapitalize="none"
        spellcheck={false}
      />
    </Field>
  );
}

export type EmailFieldProps = Omit<TextFieldProps, "inputMode" | "focused" | "sendsForm">;

/** A field for an email. `autocomplete` is `username` where the email names the account. */
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
 * A field for a password. It takes no value, so that none is echoed, and no maximum length, because browsers silently
 * cut pasted text. Spelling is off because some browsers send a revealed password to a spelling service.
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
  /** The error and how to fix it. Marks the box as invalid. */
  error?: string | undefined;
  /** Defaults to true: the box must be checked. */
  required?: boolean | undefined;
}

/** A checkbox. Sends `yes`, or nothing. */
export function Checkbox({ name, label, error, required = true }: CheckboxProps) {
  return (
    <div class="field">
      {error && <FieldError id={name} error={error} />}
      <label class="check">
        <input
          id={name}
          type="checkbox"
          name={name}
          value="yes"
          aria-required={required || undefined}
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

/** Help and error are above the input, where neither an on-screen keyboard nor a list of suggestions hides them. */
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

/**
 * Uses `aria-required` instead of `required`, because some screen readers announce an empty field with `required` as
 * invalid when the page loads.
 */
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
