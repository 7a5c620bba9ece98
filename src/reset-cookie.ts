/** Carries the token from the link to the form, so that it stands in no address bar, history or referrer. */
export const RESET_COOKIE = "reset";
export const RESET_COOKIE_SECONDS = 60 * 60;
