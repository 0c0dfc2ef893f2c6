import { z } from "zod";
import { routingRule } from "./enums.ts";
import { INVALID, isText, optional, plainText, REQUIRED, requiredEnum, requiredReference, tenantReference, trimmedText } from "./fields.ts";

/** Bodies of the session and configuration endpoints, fields in the order of the contract's tables. */

/** A key that a session may get (contract 1.6). `all` means every session elsewhere. */
const NEW_KEY = /^(?!all$)[A-Za-z0-9_-]{1,64}$/;
const newKey = z.string({ error: INVALID }).refine((key) => NEW_KEY.test(key), INVALID);
const requiredNewKey = requiredReference.refine((key) => NEW_KEY.test(key), INVALID);

const sessionName = trimmedText({ min: 1, max: 120 });
const pairingNumber = z.string({ error: INVALID }).regex(/^[0-9]{6,15}$/, INVALID);

export const connectBody = z.object({ sessionId: requiredNewKey, name: optional(sessionName), phoneNumber: optional(pairingNumber) });
export type ConnectBody = z.infer<typeof connectBody>;

export const sessionBody = z.object({ sessionId: requiredReference });
export type SessionBody = z.infer<typeof sessionBody>;

export const createSessionBody = z.object({
  sessionId: optional(newKey),
  name: optional(sessionName),
  routingRule: optional(z.enum(routingRule.options, { error: INVALID })),
});
export type CreateSessionBody = z.infer<typeof createSessionBody>;

const MESSAGE = { min: 1, max: 4_096 };
const flag = z.boolean({ error: INVALID });
const clockTime = z.string({ error: INVALID }).regex(/^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/, INVALID);
const timeZone = z.string({ error: INVALID }).refine(isTimeZone, INVALID);

/** What is absent is kept; null clears, where the column may be null. */
const configChanges = z.object(
  {
    routingRule: z.enum(routingRule.options, { error: INVALID }).optional(),
    autoReplyEnabled: flag.optional(),
    autoReplyMessage: plainText(MESSAGE).nullish(),
    businessHoursEnabled: flag.optional(),
    businessHoursStart: clockTime.nullish(),
    businessHoursEnd: clockTime.nullish(),
    businessHoursTimezone: timeZone.nullish(),
    awayMessage: plainText(MESSAGE).nullish(),
  },
  { error: (issue) => (issue.input === undefined || issue.input === null ? REQUIRED : INVALID) },
);
export type ConfigChanges = z.infer<typeof configChanges>;

export const configBody = z.object({ sessionId: requiredReference, config: configChanges });
export type ConfigBody = z.infer<typeof configBody>;

export const routingBody = z.object({
  sessionId: requiredReference.meta({ description: "A session, or `all` of the tenant." }),
  routingRule: requiredEnum(routingRule.options),
  tenantId: tenantReference,
});
export type RoutingBody = z.infer<typeof routingBody>;

const MAX_ZONE = 64;

/** An IANA name that the runtime knows; never an offset, which some runtimes take too. */
function isTimeZone(name: string): boolean {
  if (!isText(name) || name.length > MAX_ZONE || !/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
