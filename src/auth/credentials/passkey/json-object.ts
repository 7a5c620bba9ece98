/**
 * Parses JSON that is an object; null if it is anything else. `JSON.parse` makes `__proto__` a member like any other,
 * so it changes no prototype. Callers read only names that no prototype has.
 */
export function parseJsonObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    return toObject(JSON.parse(text));
  } catch {
    return null;
  }
}

export function toObject(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
}
