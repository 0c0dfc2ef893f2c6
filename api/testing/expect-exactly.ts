import { expect } from "vitest";
import type { z } from "zod";

/** The reply is what the schema says: no other keys at any depth, keys in the contract's order. */
export async function expectExactly<Schema extends z.ZodType>(schema: Schema, response: Response): Promise<z.infer<Schema>> {
  const text = await response.text();
  if (response.status !== 200) throw new Error(`expected 200, got ${response.status}: ${text}`);
  const parsed = schema.parse(JSON.parse(text));
  expect(text).toBe(JSON.stringify(parsed));
  return parsed;
}
