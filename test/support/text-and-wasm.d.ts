/** What the Worker imports and `worker-modules.ts` provides. */
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}

declare module "*.br" {
  const bytes: ArrayBuffer;
  export default bytes;
}

declare module "*.svg" {
  const text: string;
  export default text;
}

declare module "*.css" {
  const text: string;
  export default text;
}

declare module "*.client.js" {
  const text: string;
  export default text;
}
