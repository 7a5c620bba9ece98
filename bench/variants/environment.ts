/** What the compared Workers are given. */
export interface Environment {
  readonly DATABASE_URL: string;
  readonly UPSTASH_REDIS_REST_URL: string;
  readonly UPSTASH_REDIS_REST_TOKEN: string;
  /** Gatehouse's protected page, with `{email}` where its owner's address stands. */
  readonly PAGE: string;
  /** Gatehouse's page to sign in. */
  readonly SIGNIN_PAGE: string;
  /** The headers of both. */
  readonly PAGE_HEADERS: Readonly<Record<string, string>>;
}
