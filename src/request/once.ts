/** Returns a function that creates a value on its first call and returns the same value afterwards. */
export function once<T>(create: () => T): () => T {
  let result: { readonly value: T } | undefined;
  return () => {
    result ??= { value: create() };
    return result.value;
  };
}
