/** Binds a mailed code to the browser that requested it. */
export const VERIFY_COOKIE = "verify";
export const VERIFY_COOKIE_SECONDS = 24 * 60 * 60;

/**
 * Carries the token of a mailed link to the form, which keeps the token out of the location bar, history and referrer.
 */
export const RESET_COOKIE = "reset";
export const RESET_COOKIE_SECONDS = 60 * 60;

/** Carries a sign-in to its second step. */
export const SECOND_STEP_COOKIE = "second-step";
export const SECOND_STEP_COOKIE_SECONDS = 10 * 60;

/** Binds a mailed code that confirms the owner to this browser. */
export const CONFIRM_COOKIE = "confirm";
export const CONFIRM_COOKIE_SECONDS = 10 * 60;

/** Carries a notice to the page after a redirect. Unlike a query parameter, it cannot be set by a link. */
export const NOTICE_COOKIE = "notice";
export const NOTICE_COOKIE_SECONDS = 60;

/** The cookies of unfinished flows. A completed sign-in or sign-out clears them. */
export const FLOW_COOKIES = [VERIFY_COOKIE, RESET_COOKIE, SECOND_STEP_COOKIE, CONFIRM_COOKIE] as const;
