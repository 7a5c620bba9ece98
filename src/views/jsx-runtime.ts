import type { JSX as Html } from "preact";

/** Markup that is sent as it is. To make it of a text is to vouch for that: whatever a person can write is never given. */
export class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** What may stand between two tags. Text is escaped; what means nothing to a reader is left out. */
export type Children = Markup | string | number | boolean | null | undefined | readonly Children[];

type Props = Readonly<Record<string, unknown>>;
type Component = (props: never) => Markup | null;

/** HTML's void elements: they have no content and no end tag. */
const VOID = new Set("area base br col embed hr img input link meta source track wbr".split(" "));

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", '"': "&quot;" };

/** Attributes that say "true" or "false": without a value, or left out, they mean a third thing. */
const ENUMERATED = /^(?:(?:aria|data)-.*|spellcheck|draggable)$/;

/**
 * What the compiler makes of JSX: `type` is a tag, or a component to call. Attributes have their names from HTML; one that
 * is `true` stands by its name alone, one that is false, null or undefined is left out, but for enumerated ones.
 */
export function jsx(type: string | Component, props: Props): Markup {
  if (typeof type === "function") return type(props as never) ?? new Markup("");
  let text = `<${type}`;
  for (const name in props) {
    if (name !== "children") text += renderAttribute(name, props[name]);
  }
  if (VOID.has(type)) return new Markup(`${text}>`);
  return new Markup(`${text}>${renderChildren(props["children"] as Children)}</${type}>`);
}

/** For several children. @alias */
export const jsxs = jsx;

export function Fragment({ children }: { readonly children?: Children }): Markup {
  return new Markup(renderChildren(children));
}

function renderAttribute(name: string, value: unknown): string {
  const isWord = typeof value === "boolean" && ENUMERATED.test(name);
  if (isWord || typeof value === "string" || typeof value === "number") return ` ${name}="${escapeText(`${value}`)}"`;
  return value === true ? ` ${name}` : "";
}

function renderChildren(children: Children): string {
  if (children instanceof Markup) return `${children}`;
  if (typeof children === "string" || typeof children === "number") return escapeText(`${children}`);
  let text = "";
  if (Array.isArray(children)) for (const child of children) text += renderChildren(child);
  return text;
}

/** Safe as text and between the double quotes of an attribute. */
function escapeText(text: string): string {
  // Most texts have none, and to find that out is cheaper than to replace nothing.
  return /[&<"]/.test(text) ? text.replace(/[&<"]/g, (character) => ESCAPES[character] ?? "") : text;
}

type Value = string | number | boolean | null | undefined;

/** Of the attributes that Preact's types have, those with the names and the kinds of values that HTML knows. */
type Attributes<Props> = {
  [Name in keyof Props as Name extends Lowercase<Name & string> | "viewBox" ? Name : never]: Name extends "children"
    ? Children
    : Extract<Props[Name], Value>;
};

/** What the type checker makes of JSX. */
export namespace JSX {
  export type Element = Markup;
  export type ElementType = string | Component;
  export interface ElementChildrenAttribute {
    children: unknown;
  }
  export interface IntrinsicAttributes {
    key?: string;
  }
  export type IntrinsicElements = {
    [Tag in keyof Html.IntrinsicElements]: Attributes<Html.IntrinsicElements[Tag]>;
  };
}
