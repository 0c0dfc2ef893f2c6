import { z } from "zod";

/** `parallax.yaml` as people write it (interfaces section 2). Unknown keys are errors. */

const share = z.number().min(0).max(1);
const positive = z.number().int().min(1);
const isoDay = z.iso.date();
const methodAndPath = z.string().regex(/^[A-Z]+ \/\S*$/, 'expected "METHOD /path"');

const ruleBase = {
  path: z.string(),
  owner: z.string().min(1),
  reason: z.string().min(1),
  expires: z.preprocess((value) => (value instanceof Date ? value.toISOString().slice(0, 10) : value), isoDay.optional()),
};

export const ruleSchema = z.discriminatedUnion("as", [
  z.strictObject({ ...ruleBase, as: z.literal("instant"), toleranceMs: z.number().min(0).default(0) }),
  z.strictObject({ ...ruleBase, as: z.literal("number"), tolerance: z.number().min(0) }),
  z.strictObject({ ...ruleBase, as: z.enum(["set", "absent-is-null", "id-bijection", "volatile", "ignore"]) }),
]);

const arraySchema = z.strictObject({ path: z.string(), key: z.string().min(1).optional(), order: z.enum(["strict", "ignore"]).default("strict") });

const compareSchema = z.strictObject({
  arrays: z.array(arraySchema).default([]),
  rules: z.array(ruleSchema).default([]),
  headers: z.array(z.string().transform((name) => name.toLowerCase())).default(["content-type"]),
});

export const endpointSchema = z.strictObject({
  id: z.string().regex(/^[A-Za-z][\w.-]{0,79}$/, "expected letters, digits, dots, dashes"),
  match: z.union([methodAndPath, z.array(methodAndPath).min(1)]),
  candidatePath: z.string().startsWith("/").optional(),
  family: z.string().min(1).optional(),
  class: z.enum(["read", "write", "send", "stream"]).optional(),
  mirror: z.strictObject({ sample: share.default(1), reRead: z.boolean().default(true) }).prefault({}),
  capture: z.strictObject({ maxBytes: positive.default(1_048_576) }).prefault({}),
  compare: compareSchema.prefault({}),
});

const familySchema = z.strictObject({
  stage: z.enum(["legacy", "shadow"]).default("legacy"),
  with: z.array(z.string()).default([]),
  legacyHonoursKey: z.boolean().default(false),
  nestHonoursKey: z.boolean().default(false),
  doubleClickGuard: z.boolean().default(false),
  fallbackReads: z.boolean().default(true),
});

const gateSchema = z.strictObject({
  maxDriftRate: share.default(0.001),
  confidence: z.number().gt(0.5).lt(1).default(0.95),
  maxErrorDelta: share.default(0.001),
  maxP95Ratio: z.number().positive().default(1.25),
  maxEmissionDriftRate: share.default(0.001),
  maxLoss: share.default(0.05),
  freshnessMinutes: z.number().positive().default(60),
  minAssertedPercent: z.number().min(0).max(100).default(80),
});

/** When a family steps back by itself; shares are 0 to 1. */
const rollbackSchema = z.strictObject({
  enabled: z.boolean().default(true),
  windowSeconds: positive.max(600).default(10),
  minRequests: positive.default(20),
  maxErrorRate: share.default(0.02),
  slowMs: positive.default(2_000),
  maxSlowRate: share.default(0.2),
  maxDriftRate: share.default(0.2),
});

const limitsSchema = z.strictObject({
  busSize: positive.default(2000),
  candidateConcurrency: positive.default(32),
  candidateTimeoutMs: positive.default(5000),
  reReadPerSecond: z.number().min(0).default(20),
  primaryTimeoutMs: positive.default(300_000),
  fallbackAfterMs: positive.default(10_000),
});

/** What the store keeps: so many days, at most so many rows of each counting table, and so many drifts. */
const retentionSchema = z.strictObject({
  days: positive.max(3_650).default(30),
  maxRows: positive.max(100_000_000).default(5_000_000),
  maxDrifts: positive.max(1_000_000).default(20_000),
});

const emissionsSchema = z.strictObject({
  mode: z.enum(["single-writer", "dual-writer"]).default("single-writer"),
  windowMs: positive.default(30_000),
  lateMs: positive.default(5000),
  order: z.array(z.string()).default([]),
  events: z
    .record(
      z.string(),
      z.strictObject({
        family: z.string().default("realtime"),
        key: z.array(z.string()).min(1),
        rules: z.array(ruleSchema).default([]),
      }),
    )
    .default({}),
});

const subjectSchema = z.strictObject({
  tenant: z.string().default("tenantId"),
  user: z.string().default("sub"),
  role: z.string().default("role"),
  cookies: z.array(z.string()).default(["__Secure-next-auth.session-token", "next-auth.session-token"]),
});

export const fileSchema = z.strictObject({
  extends: z.string().optional(),
  legacy: z.string().optional(),
  candidate: z.string().optional(),
  port: z.number().optional(),
  opsPort: z.number().optional(),
  tapPort: z.number().optional(),
  host: z.string().optional(),
  storeUrl: z.string().optional(),
  redisUrl: z.string().optional(),
  realtimeUrl: z.string().optional(),
  dataDir: z.string().optional(),
  logLevel: z.string().optional(),
  endpoints: z.array(endpointSchema).default([]),
  families: z.record(z.string(), familySchema).default({}),
  gate: gateSchema.prefault({}),
  rollback: rollbackSchema.prefault({}),
  limits: limitsSchema.prefault({}),
  retention: retentionSchema.prefault({}),
  emissions: emissionsSchema.prefault({}),
  subject: subjectSchema.prefault({}),
  build: z.strictObject({ header: z.string() }).optional(),
  shadowing: z
    .strictObject({ emissions: z.string().startsWith("/"), sends: z.string().startsWith("/"), unknowable: z.array(z.string().startsWith("$.")) })
    .partial()
    .prefault({}),
});

export type ConfigFile = z.infer<typeof fileSchema>;
export type EndpointConfig = z.infer<typeof endpointSchema>;
export type FamilyConfig = z.infer<typeof familySchema>;
export type RuleConfig = z.infer<typeof ruleSchema>;
export type LimitsConfig = z.infer<typeof limitsSchema>;
export type RollbackConfig = z.infer<typeof rollbackSchema>;
export type RetentionConfig = z.infer<typeof retentionSchema>;
export type GateConfig = z.infer<typeof gateSchema>;
export type SubjectConfig = z.infer<typeof subjectSchema>;
export type EmissionsFile = z.infer<typeof emissionsSchema>;
export type ShadowingConfig = ConfigFile["shadowing"];
