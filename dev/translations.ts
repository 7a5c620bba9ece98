import { globSync } from "node:fs";
import { build } from "esbuild";
import { isTextGroup, type LANGUAGES, type writtenTexts } from "../src/i18n/language.ts";

/** The texts that a language lacks, as the file and the key of each: `src/flows/home/messages.ts: title`. */
export interface MissingTexts {
  readonly language: string;
  readonly missing: readonly string[];
  /** The number of texts in English. */
  readonly total: number;
}

interface Bundle {
  readonly LANGUAGES: typeof LANGUAGES;
  readonly writtenTexts: typeof writtenTexts;
  readonly modules: Readonly<Record<string, { readonly messages: { readonly en: unknown } }>>;
}

/** Compares the texts of every language with the English ones. `root` is the directory of the repository. */
export async function findMissingTexts(root: string): Promise<MissingTexts[]> {
  const { LANGUAGES, writtenTexts, modules } = await importBundle(root);
  const files = Object.entries(modules).map(([path, { messages }]) => {
    const written = writtenTexts.find(({ en }) => en === messages.en);
    if (written === undefined) throw new Error(`${path} has no translations`);
    return { path, written };
  });
  const total = files.flatMap(({ path, written }) => listMissing(written.en, undefined, path)).length;
  return LANGUAGES.map((language) => ({
    language,
    missing: files.flatMap(({ path, written }) => listMissing(written.en, written[language], path)),
    total,
  }));
}

/** Describes every incomplete language in a line, such as `fr: 22 of 380 missing`. */
export async function describeMissingTexts(root: string): Promise<string[]> {
  return (await findMissingTexts(root))
    .filter(({ missing }) => missing.length > 0)
    .map(({ language, missing, total }) => `${language}: ${missing.length} of ${total} missing`);
}

/** Imports all messages through a bundle, because Node alone imports neither JSX nor the logo of src/brand.ts. */
async function importBundle(root: string): Promise<Bundle> {
  const paths = globSync("src/**/messages.ts", { cwd: root }).toSorted();
  const { outputFiles } = await build({
    stdin: {
      contents: [
        'export { LANGUAGES, writtenTexts } from "./src/i18n/language.ts";',
        ...paths.map((path, index) => `import * as module${index} from "./${path}";`),
        `export const modules = { ${paths.map((path, index) => `"${path}": module${index}`).join(", ")} };`,
      ].join("\n"),
      resolveDir: root,
    },
    bundle: true,
    format: "esm",
    platform: "node",
    loader: { ".svg": "text", ".br": "binary" },
    write: false,
  });
  return import(`data:text/javascript,${encodeURIComponent(outputFiles[0]?.text ?? "")}`);
}

/** Lists the texts that exist in English and not in `texts`. */
function listMissing(english: unknown, texts: unknown, path: string, key = ""): string[] {
  if (!isTextGroup(english)) return texts === undefined ? [`${path}: ${key}`] : [];
  const group = isTextGroup(texts) ? texts : {};
  return Object.entries(english).flatMap(([name, text]) =>
    listMissing(text, group[name], path, key === "" ? name : `${key}.${name}`),
  );
}
