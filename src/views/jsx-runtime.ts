import type { JSX as Html } from "preact";

/** Markup that is rendered without escaping. Never construct it from text that a person can write. */
export class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** The content of an element. Text is escaped. Booleans, null and undefined render nothing. */
export type Children = Markup | string | number | boolean | null | undefined | readonly Children[];

type Props = Readonly<Record<string, unknown>>;
type Component = (props: never) => Markup | null;

/** HTML's void elements, which have no content and no end tag. */
const VOID = new Set("area base br col embed hr img input link meta source track wbr".split(" "));

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", '"': "&quot;" };

/** Attributes with the values "true" and "false". An empty value or a missing attribute has a third meaning. */
const ENUMERATED = /^(?:(?:aria|data)-.*|spellcheck|draggable)$/;

/**
 * The function that compiled JSX calls. `type` is the name of an element, or a component. Attributes have their HTML
 * names. The value `true` renders only the name. False, null and undefined render nothing. In enumerated attributes,
 * true and false are rendered as text.
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

/** The function that compiled JSX calls for an element with several children. @alias */
export const jsxs = jsx;

export function Fragment({ children }: { readonly children?: Children }): Markup {
  return new Markup(renderChildren(children));
}

function renderAttribute(name: string, value: unknown): string {
  const isEnumeratedBoolean = typeof value === "boolean" && ENUMERATED.test(name);
  if (isEnumeratedBoolean || typeof value === "string" || typeof value === "number")
    return ` ${name}="${escapeText(`${value}`)}"`;
  return value === true ? ` ${name}` : "";
}

function renderChildren(children: Children): string {
  if (children instanceof Markup) return `${children}`;
  if (typeof children === "string" || typeof children === "number") return escapeText(`${children}`);
  let text = "";
  if (Array.isArray(children)) for (const child of children) text += renderChildren(child);
  return text;
}

/** Escapes text for content and for double-quoted attributes. */
function escapeText(text: string): string {
  // Most texts need no escaping, and testing is cheaper than replacing.
  return /[&<"]/.test(text) ? text.replace(/[&<"]/g, (character) => ESCAPES[character] ?? "") : text;
}

type Value = string | number | boolean | null | undefined;

/** The attributes of Preact's types that HTML knows, with the types of their values. */
type Attributes<Props> = {
  [Name in keyof Props as Name extends Lowercase<Name & string> | "viewBox" ? Name : never]: Name extends "children"
    ? Children
    : Extract<Props[Name], Value>;
};

/** The types of JSX for the compiler. */
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
