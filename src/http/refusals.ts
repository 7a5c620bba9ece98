/** Why a request is refused, and the status that says so. */
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
  "too-many-mails": 429,
  "cookies-too-large": 431,
  "too-busy": 503,
  unavailable: 503,
} as const;

export type RefusalReason = keyof typeof STATUS;

/** How long to wait before asking again for what a store could not answer. */
export const STORE_RETRY_SECONDS = 5;

/** A refusal that the visitor is told about, in words that whoever makes the page has for its reason. */
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

/** A sign-in or sign-up was sent for one account while another one is signed in. Nothing was tried. */
export class SignedInAsOther extends HttpError {
  /** The email that the form names; null if what it names is none. */
  readonly email: string | null;

  constructor(email: string | null) {
    super("signed-in-as-other");
    this.email = email;
  }
}

/** A refusal that ends by itself, and when. */
export function refuseForNow(reason: RefusalReason, retryAfterSeconds: number): HttpError {
  return new HttpError(reason, { "Retry-After": `${retryAfterSeconds}` });
}
