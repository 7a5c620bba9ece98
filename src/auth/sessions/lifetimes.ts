const DAY_MILLISECONDS = 24 * 60 * 60 * 1_000;

/** A session is renewed at most once in this time, so that a page that only reads writes nothing. */
export const SESSION_RENEWAL_MILLISECONDS = DAY_MILLISECONDS;

/** Unused for this long, a session ends. */
export const SESSION_IDLE_MILLISECONDS = 14 * DAY_MILLISECONDS;

/** However much it is used, a session ends this long after its sign-in. */
export const SESSION_ABSOLUTE_MILLISECONDS = 30 * DAY_MILLISECONDS;

/** How long a copy of a user row in Redis serves before MySQL is asked again. */
export const SNAPSHOT_MILLISECONDS = 10 * 60 * 1_000;

/** When a session was last used is noted at most once in this time. */
export const SESSION_SEEN_MILLISECONDS = 10 * 60 * 1_000;

/** So long after a password was given, what asks for it again takes it as given. */
export const PASSWORD_FRESH_MILLISECONDS = 10 * 60 * 1_000;
