/** Ties a mailed code to the browser that asked for it. */
export const VERIFY_COOKIE = "verify";
export const VERIFY_COOKIE_SECONDS = 24 * 60 * 60;

/** Carries the token from a mailed link to the form, so that it stands in no location bar, history or referrer. */
export const RESET_COOKIE = "reset";
export const RESET_COOKIE_SECONDS = 60 * 60;

/** What the page after a redirect has to say. A link cannot set it, as it could set a query. */
export const NOTICE_COOKIE = "notice";
export const NOTICE_COOKIE_SECONDS = 60;

/** What a flow leaves in a browser, and what a completed sign-in or sign-out takes away. */
export const FLOW_COOKIES = [VERIFY_COOKIE, RESET_COOKIE] as const;
