/** The reasons to refuse a request, with the status of the response. */
const STATUS = {
  "malformed-form": 400,
  "foreign-origin": 403,
  "plain-http": 403,
  "cookies-blocked": 403,
  "no-such-page": 404,
  "wrong-method": 405,
  "signed-in-as-other": 409,
  "form-for-other-account": 409,
  "form-for-other-link": 409,
  "form-for-other-email": 409,
  "link-for-other-account": 409,
  "link-for-signup": 409,
  "form-too-large": 413,
  "query-too-long": 414,
  "not-a-page": 403,
  "not-a-form": 415,
  "wrong-host": 421,
  "too-many-forms": 429,
  "too-many-pages": 429,
  "too-many-attempts": 429,
  "too-many-codes": 429,
  "too-many-mails": 429,
  "cookies-too-large": 431,
  "too-busy": 503,
  unavailable: 503,
} as const;

export type RefusalReason = keyof typeof STATUS;

/** The value of `Retry-After` if a store is unavailable or too many passwords are waiting to be hashed. */
export const STORE_RETRY_SECONDS = 5;

/** Refuses a request. `reason` determines the status and the text of the error page. */
export class HttpError extends Error {
  readonly reason: RefusalReason;
  readonly status: (typeof STATUS)[RefusalReason];
  readonly headers: Readonly<Record<string, string>>;

  constructor(reason: RefusalReason, headers: Readonly<Record<string, string>> = {}) {
    super(reason);
    this.name = "HttpError";
    this.reason = reason;
    this.status = STATUS[reason];
    this.headers = headers;
  }
}

/**
 * The visitor sent a sign-in or sign-up form while signed in to an account with a different email. The password was not
 * checked.
 */
export class SignedInAsOther extends HttpError {
  /** The email in the form. Null if it is not a valid email. */
  readonly email: string | null;

  constructor(email: string | null) {
    super("signed-in-as-other");
    this.email = email;
  }
}

/** Creates a temporary refusal with `Retry-After`. */
export function refuseForNow(reason: RefusalReason, retryAfterSeconds: number): HttpError {
  return new HttpError(reason, { "Retry-After": `${retryAfterSeconds}` });
}
