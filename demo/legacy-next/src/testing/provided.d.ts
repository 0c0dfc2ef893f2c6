export {};

/** What `testing/global-setup.ts` provides; that file itself is not a part of this program. */
declare module "vitest" {
  interface ProvidedContext {
    postgres: { readonly adminUrl: string };
  }
}
