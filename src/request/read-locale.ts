import { QUERY_MAX_CHARACTERS } from "../http/request-bounds.ts";
import { chooseLanguage } from "../i18n/accept-language.ts";
import { DEFAULT_LANGUAGE, findLanguage, LANGUAGES, type Language, type RequestLocale } from "../i18n/language.ts";

const QUERY = "lang";

/** The language that this very address asks for, by `?lang=`; null if none. */
export function requestedLanguage(url: URL): Language | null {
  return url.search === "" ? null : findLanguage(url.searchParams.get(QUERY));
}

/** For whom to make a page: by its address, by what was `chosen` before, by what the browser prefers. */
export function readLocale(request: Request, url: URL, chosen: string | null): RequestLocale {
  const preferred = () => chooseLanguage(request.headers.get("Accept-Language"), LANGUAGES);
  const language = requestedLanguage(url) ?? findLanguage(chosen) ?? preferred() ?? DEFAULT_LANGUAGE;
  return { language, switchHref: request.method === "POST" ? null : (other) => queryForLanguage(url, other) };
}

/** Where one wants to go, less the language: on the way back another may have been chosen. */
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
  // What is encoded anew can be three times as long, and the link would be refused.
  return text.length > QUERY_MAX_CHARACTERS ? `?${QUERY}=${language}` : text;
}
