const DAY_MILLISECONDS = 24 * 60 * 60 * 1_000;

/** A session is renewed at most once in this time, so that most pages write nothing. */
export const SESSION_RENEWAL_MILLISECONDS = DAY_MILLISECONDS;

/** A session expires after this time without use. */
export const SESSION_IDLE_MILLISECONDS = 14 * DAY_MILLISECONDS;

/** A session expires this long after sign-in, however much it is used. */
export const SESSION_ABSOLUTE_MILLISECONDS = 30 * DAY_MILLISECONDS;

/** How long a snapshot of a user row is used before MySQL is asked again. */
export const SNAPSHOT_MILLISECONDS = 10 * 60 * 1_000;

/** The last use of a session is stored at most once in this time. */
export const SESSION_SEEN_MILLISECONDS = 10 * 60 * 1_000;

/** For this long after the owner has confirmed who they are, forms do not ask again. */
export const CONFIRMATION_MILLISECONDS = 10 * 60 * 1_000;
