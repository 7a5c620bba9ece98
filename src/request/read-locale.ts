import { QUERY_MAX_CHARACTERS } from "../http/request-bounds.ts";
import { chooseLanguage } from "../i18n/accept-language.ts";
import { DEFAULT_LANGUAGE, findLanguage, LANGUAGES, type Language, type RequestLocale } from "../i18n/language.ts";

const QUERY = "lang";

/** The language that the URL requests with `?lang=`. Null if there is none, or if it is not supported. */
export function requestedLanguage(url: URL): Language | null {
  return url.search === "" ? null : findLanguage(url.searchParams.get(QUERY));
}

/**
 * Chooses the language of a page: from the URL, then `savedLanguage` (the cookie), then `Accept-Language`, then the
 * default.
 */
export function readLocale(request: Request, url: URL, savedLanguage: string | null): RequestLocale {
  const preferred = () => chooseLanguage(request.headers.get("Accept-Language"), LANGUAGES);
  const language = requestedLanguage(url) ?? findLanguage(savedLanguage) ?? preferred() ?? DEFAULT_LANGUAGE;
  return { language, switchHref: request.method === "POST" ? null : (target) => queryForLanguage(url, target) };
}

/**
 * The path and query of a return path, without `?lang=`: the visitor may switch languages before being redirected to
 * it.
 */
export function pathWithoutLanguage({ pathname, search, searchParams }: URL): string {
  if (!searchParams.has(QUERY)) return pathname + search;
  const query = new URLSearchParams(search);
  query.delete(QUERY);
  return query.size === 0 ? pathname : `${pathname}?${query}`;
}

function queryForLanguage(url: URL, language: Language): string {
  if (url.search === "") return `?${QUERY}=${language}`;
  const query = new URLSearchParams(url.search);
  query.set(QUERY, language);
  const text = `?${query}`;
  // Encoding the query again can make it three times as long, and a link with such a query would be refused.
  return text.length > QUERY_MAX_CHARACTERS ? `?${QUERY}=${language}` : text;
}
