import { QUERY_MAX_CHARACTERS } from "../http/request-bounds.ts";
import { withReturnPath } from "../http/return-path.ts";
import { chooseLanguage } from "../i18n/accept-language.ts";
import { DEFAULT_LANGUAGE, findLanguage, LANGUAGES, type Language, type RequestLocale } from "../i18n/language.ts";
import type { MatchedRoute } from "./context.ts";
import type { Cookies } from "./cookies.ts";

const QUERY = "lang";

/** The language that the URL requests with `?lang=`. Null if there is none, or if it is not supported. */
export function requestedLanguage(url: URL): Language | null {
  return url.search === "" ? null : findLanguage(url.searchParams.get(QUERY));
}

/** The part of a context that decides the language of its page, and where the page is shown in another one. */
export interface LocaleSource {
  readonly request: Request;
  readonly url: URL;
  readonly route: MatchedRoute | null;
  readonly cookies: Pick<Cookies, "chosenLanguage">;
  readonly returnPath: string | null;
}

/**
 * Chooses the language of a page: from the URL, then the cookie, then `Accept-Language`, then the default. The link to
 * another language leads to the same page. After a form, it leads to the page of the form with its return path, if the
 * path of the form has a page.
 */
export function readLocale(source: LocaleSource): RequestLocale {
  const { request, url, route, cookies } = source;
  const preferred = () => chooseLanguage(request.headers.get("Accept-Language"), LANGUAGES);
  const language = requestedLanguage(url) ?? findLanguage(cookies.chosenLanguage) ?? preferred() ?? DEFAULT_LANGUAGE;
  if (request.method !== "POST") return { language, switchHref: (target) => queryForLanguage(url, target) };
  // The return path is read when the link is rendered, because the form has been read by then.
  const switchHref = (target: Language) => withReturnPath(`?${QUERY}=${target}`, source.returnPath);
  return { language, switchHref: route?.hasPage ? switchHref : null };
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
