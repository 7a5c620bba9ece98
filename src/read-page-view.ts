import { chooseLanguage } from "./http/accept-language.ts";
import { DEFAULT_LANGUAGE, isLanguage, LANGUAGES, type Language, type PageView } from "./language.ts";

const QUERY = "lang";

/** The language that this very address asks for, by `?lang=`; null if none. */
export function askedLanguage({ searchParams }: URL): Language | null {
  const value = searchParams.get(QUERY);
  return isLanguage(value) ? value : null;
}

/** For whom to make a page: by its address, by what was `chosen` before, by what the browser prefers. */
export function readPageView(request: Request, url: URL, chosen: string | null): PageView {
  const before = isLanguage(chosen) ? chosen : null;
  const preferred = () => chooseLanguage(request.headers.get("Accept-Language"), LANGUAGES);
  const language = askedLanguage(url) ?? before ?? preferred() ?? DEFAULT_LANGUAGE;
  return { language, inLanguage: request.method === "POST" ? null : (other) => queryIn(url, other) };
}

function queryIn({ searchParams }: URL, language: Language): string {
  const query = new URLSearchParams(searchParams);
  query.set(QUERY, language);
  return `?${query}`;
}
