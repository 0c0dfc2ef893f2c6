import { z } from "zod";

/** Kinds of values on the wire (contract 1.5). Schemas describe replies; they do not coerce. */

/** `YYYY-MM-DDTHH:mm:ss.sssZ`, UTC. */
export const date = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/, "expected an ISO date with milliseconds in UTC");
/** Opaque: no code tests the form of an id. */
export const id = z.string().min(1);
export const count = z.int().min(0);
/** Whole percent, `floor(x + 0.5)`. */
export const percent = z.int();
/** Digits only, from a phone address. */
export const phoneDigits = z.string().regex(/^[0-9]{6,15}$/, "expected 6 to 15 digits");
/** Free keys: what may be in there is stated where it is stored (contract 6.4). */
export const freeObject = z.record(z.string(), z.unknown());

/** A user of the caller's tenant. */
export const userRef = z.object({ id, name: z.string().nullable(), email: z.string().nullable() }).meta({ id: "UserRef" });
export type UserRef = z.infer<typeof userRef>;

/** Every error body of the contract. */
export const errorBody = z.object({ error: z.string(), details: z.union([z.string(), z.array(z.string())]).optional() }).meta({ id: "Error" });
export type ErrorBody = z.infer<typeof errorBody>;
