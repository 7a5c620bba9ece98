import fc from "fast-check";
import { parse } from "node-html-parser";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { describe, expect, test } from "vitest";
import { type Children, Fragment, jsx, Markup } from "../../src/views/jsx-runtime.ts";

interface Tree {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly children: readonly (Tree | string | number | boolean | null | undefined)[];
}

const HOSTILE = [
  "</style><script>",
  '" onfocus="x',
  "' or 1",
  "&amp;",
  "&lt;b&gt;",
  "<!--",
  "]]>",
  "\u0000",
  "\u2028",
  "{{x}}",
  "é😀",
];
const text = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(...HOSTILE));
const value = fc.oneof(text, fc.integer(), fc.boolean(), fc.constantFrom(null, undefined));
const attributes = fc.dictionary(
  fc.constantFrom(
    "class",
    "id",
    "href",
    "title",
    "lang",
    "aria-label",
    "aria-hidden",
    "data-busy",
    "hidden",
    "checked",
    "spellcheck",
    "draggable",
  ),
  value,
);
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.record({
    tag: fc.constantFrom("p", "a", "div", "input", "br", "svg", "path", "strong", "ul", "button"),
    attributes,
    children: fc.array(
      fc.oneof({ depthSize: "small" }, text, fc.integer(), fc.boolean(), fc.constantFrom(null, undefined), tie("tree")),
      {
        maxLength: 4,
      },
    ),
  }),
}));

const VOID = ["input", "br"];
const isTree = (child: Tree["children"][number]): child is Tree => typeof child === "object" && child !== null;

function ours({ tag, attributes, children }: Tree): Markup {
  const inner: Children = VOID.includes(tag)
    ? undefined
    : children.map((child) => (isTree(child) ? ours(child) : child));
  return jsx(tag, { ...attributes, children: inner });
}

function preacts({ tag, attributes, children }: Tree): ReturnType<typeof h> {
  const inner = VOID.includes(tag) ? [] : children.map((child) => (isTree(child) ? preacts(child) : child));
  return h(tag, attributes as never, ...(inner as never[]));
}

/** Replaces XML notation with that of HTML, and removes empty values. Preact writes the former and omits the latter. */
const inOneWay = (html: string) => html.replace(/<(input|br)([^<]*?)\/>/g, "<$1$2>").replaceAll('=""', "");

describe("the JSX runtime", () => {
  test("renders any tree as Preact does", () => {
    fc.assert(
      fc.property(tree, (drawn) => {
        expect(inOneWay(`${ours(drawn)}`)).toBe(inOneWay(renderToString(preacts(drawn))));
      }),
      { numRuns: 1_000 },
    );
  });

  test("renders any text so that it is parsed as that text, in its place", () => {
    fc.assert(
      fc.property(text, (written) => {
        const root = parse(`${jsx("p", { title: written, children: [jsx("b", { children: written }), written] })}`);
        const decode = (html = "") => html.replaceAll("&lt;", "<").replaceAll("&quot;", '"').replaceAll("&amp;", "&");
        const paragraph = root.querySelector("p");
        expect(root.childNodes).toHaveLength(1);
        expect(decode(paragraph?.rawAttributes["title"] ?? "")).toBe(written);
        expect(Object.keys(paragraph?.rawAttributes ?? {})).toEqual(["title"]);
        expect(decode(paragraph?.querySelector("b")?.innerHTML)).toBe(written);
        expect(root.querySelectorAll("*").map(({ tagName }) => tagName)).toEqual(["P", "B"]);
      }),
    );
  });

  test("calls components with their attributes and children", () => {
    const Greeting = ({ name, children }: { name: string; children: Children }) =>
      jsx("p", { children: ["Hello ", jsx("b", { children: name }), children] });
    expect(`${jsx(Greeting, { name: "<Ada>", children: "!" })}`).toBe("<p>Hello <b>&lt;Ada></b>!</p>");
    expect(`${jsx(() => null, {})}`).toBe("");
    expect(`${jsx(Fragment, { children: ["a", ["b", [null, false, 0]]] })}`).toBe("ab0");
  });

  test("accepts only its own objects as markup, never one that looks like it", () => {
    const forged = { toString: () => "<script>", "#text": "<script>" } as unknown as Children;
    expect(`${jsx("p", { children: forged })}`).toBe("<p></p>");
    expect(`${jsx("p", { title: new Markup("<b>") })}`).toBe("<p></p>");
  });
});
