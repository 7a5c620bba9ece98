/** What the refusal pages say of themselves; anything else that goes wrong is a 503. */
type RefusalStatus = 400 | 403 | 404 | 405 | 413 | 415 | 429 | 503;

/** How long to wait before asking again for what a store could not answer. */
export const RETRY_AFTER_SECONDS = "5";

/** A refusal that the visitor is told about. `publicMessage` goes onto a page: it never holds what a library said. */
export class HttpError extends Error {
  readonly status: RefusalStatus;
  readonly publicMessage: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: RefusalStatus, publicMessage: string, headers: Readonly<Record<string, string>> = {}) {
    super(publicMessage);
    this.name = "HttpError";
    this.status = status;
    this.publicMessage = publicMessage;
    this.headers = headers;
  }
}
