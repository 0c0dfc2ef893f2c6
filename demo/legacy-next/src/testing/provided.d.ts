/** What `testing/global-setup.ts` provides; that file itself is not a part of this program. */
export type PostgresForTests = { readonly adminUrl: string };

declare module "vitest" {
  interface ProvidedContext {
    postgres: PostgresForTests;
  }
}
