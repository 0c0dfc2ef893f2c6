import { z } from "zod";
import { AppError } from "./errors.ts";

/** Where variables come from; `process.env` in programs, a literal in tests. */
export type EnvSource = Readonly<Record<string, string | undefined>>;

/**
 * Validates the environment of one program.
 * An empty value counts as absent. Throws `ENV_INVALID` with one message that names every missing or bad variable.
 */
export function parseEnv<Shape extends z.ZodObject>(program: string, schema: Shape, source: EnvSource): z.infer<Shape> {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = schema.safeParse(present);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    const name = issue.path.join(".");
    return present[name] === undefined ? `${name} is required (${expectation(schema, name)})` : `${name}: ${issue.message}`;
  });
  throw new AppError("ENV_INVALID", `${program} cannot start: ${[...new Set(problems)].join("; ")}`);
}

function expectation(schema: z.ZodObject, name: string): string {
  const field = schema.shape[name] as z.ZodType | undefined;
  return field?.description ?? "see .env.example";
}

const MAX_PORT = 65_535;

/** A TCP port, 0 for any free one. */
export const portVariable = z
  .string()
  .refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= MAX_PORT, { error: got(`a port from 0 to ${MAX_PORT}`) })
  .transform(Number);

/** An absolute http or https URL without a trailing slash. */
export const httpUrlVariable = z
  .string()
  .refine(isHttpUrl, { error: got("an http:// or https:// URL") })
  .transform((url) => url.replace(/\/+$/, ""));

/** A postgres:// or postgresql:// URL. Its value is never repeated in a message: it holds a password. */
export const postgresUrlVariable = z.string().refine((url) => /^postgres(ql)?:\/\//.test(url) && URL.canParse(url), "expected a postgresql:// URL");

/** `true` or `false`. */
export const booleanVariable = z.enum(["true", "false"], { error: got("true or false") }).transform((text) => text === "true");

/** A secret of at least 16 characters. */
export const secretVariable = z.string().min(16, "expected at least 16 characters");

/** What was expected and what came. Never for a secret, or an URL that may hold one. */
function got(expected: string): (issue: { readonly input?: unknown }) => string {
  return ({ input }) => `expected ${expected}, got "${String(input)}"`;
}

function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol } = new URL(text);
  return protocol === "http:" || protocol === "https:";
}
