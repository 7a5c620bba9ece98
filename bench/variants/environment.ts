/** The bindings of the compared Workers. */
export interface Environment {
  readonly DATABASE_URL: string;
  readonly UPSTASH_REDIS_REST_URL: string;
  readonly UPSTASH_REDIS_REST_TOKEN: string;
  /** Gatehouse's protected page, with `{email}` in place of the owner's email. */
  readonly PAGE: string;
  /** Gatehouse's sign-in page. */
  readonly SIGNIN_PAGE: string;
  /** The headers of both pages. */
  readonly PAGE_HEADERS: Readonly<Record<string, string>>;
}
