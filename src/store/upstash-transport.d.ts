/** The file of `@upstash/redis` that its entry points share; it has no types of its own. */
declare module "*/@upstash/redis/chunk-4WQYU7T6.mjs" {
  export const HttpClient: new (config: {
    readonly baseUrl: string;
    readonly headers: { readonly authorization: string };
    readonly retry: { readonly retries: number };
    readonly responseEncoding: false;
  }) => {
    request<T>(request: {
      readonly body: unknown;
      readonly signal: () => AbortSignal;
    }): Promise<{ readonly result?: T }>;
  };
}
