import { z } from "zod";

/**
 * What is wrong with a value by a schema made strict: zod's own findings, unknown keys at any depth, and keys in another
 * order than the schema's (contract 3.1: keys are written in the order of the tables). Empty when nothing is wrong.
 */
export function shapeProblems(schema: z.ZodType, value: unknown): string[] {
  const parsed = schema.safeParse(value);
  const findings = parsed.success ? [] : parsed.error.issues.map((issue) => `$.${issue.path.join(".")}: ${issue.message}`);
  return [...findings, ...keyProblems(schema, value, "$")];
}

function keyProblems(schema: z.core.$ZodType, value: unknown, path: string): string[] {
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional) return keyProblems(schema.unwrap(), value, path);
  if (schema instanceof z.ZodArray && Array.isArray(value))
    return value.flatMap((item, index) => keyProblems(schema.element, item, `${path}[${index}]`));
  if (!(schema instanceof z.ZodObject) || typeof value !== "object" || value === null) return [];
  const wanted = Object.keys(schema.shape);
  const actual = Object.keys(value);
  const unknown = actual.filter((key) => !wanted.includes(key)).map((key) => `${path}.${key}: unknown key`);
  const known = actual.filter((key) => wanted.includes(key));
  const inOrder = wanted.filter((key) => known.includes(key));
  const order = known.join() === inOrder.join() ? [] : [`${path}: keys in the order ${known.join()} instead of ${inOrder.join()}`];
  const below = Object.entries(schema.shape).flatMap(([key, child]) =>
    keyProblems(child as z.core.$ZodType, (value as Record<string, unknown>)[key], `${path}.${key}`),
  );
  return [...unknown, ...order, ...below];
}
