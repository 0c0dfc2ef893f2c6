import { z } from "zod";
import { AppError } from "../lib/errors.ts";
import { ruleSchema } from "./config-schema.ts";
import { parseRule } from "./configured-endpoint.ts";
import type { EmissionSpec } from "./core/emissions/emission.ts";
import type { Endpoint } from "./core/endpoint.ts";
import { previewRule, type RulePreview } from "./core/rule-preview.ts";
import { activeRules } from "./core/rules.ts";
import { BadRequest, parse } from "./ops/queries.ts";
import { readFields } from "./store/fields.ts";
import { readRecordedDrifts } from "./store/read-drifts.ts";
import type { StoreClient } from "./store/store.ts";

const bodySchema = z.strictObject({
  endpoint: z.string({ error: "endpoint: expected the id of an endpoint, or the name of an event" }),
  rule: z.unknown().optional(),
});

/** What a rule would have hidden of what is recorded. Throws `BadRequest` that names what is wrong with the body. */
export async function previewOf(
  body: unknown,
  {
    endpoints,
    events,
    store,
  }: { readonly endpoints: readonly Endpoint[]; readonly events: ReadonlyMap<string, EmissionSpec>; readonly store: StoreClient },
): Promise<RulePreview> {
  const { endpoint: id, rule: given } = parse(bodySchema, body);
  const spec = endpoints.find((each) => each.id === id)?.spec ?? events.get(id)?.compare;
  if (spec === undefined) throw new BadRequest(`endpoint: there is no endpoint or event "${id}" in the configuration`);
  const checked = ruleSchema.safeParse(given);
  if (!checked.success) throw new BadRequest(describe(checked.error));
  const rule = readRule(checked.data);
  const today = new Date().toISOString().slice(0, 10);
  const isOver = activeRules([rule], today).length === 0;
  if (isOver) return { hiddenDrifts: [], assertedFieldsLostPercent: 0, warning: `it expired on ${rule.expires ?? ""}: an expired rule is no rule` };
  const [drifts, fields] = await Promise.all([readRecordedDrifts(store, id), readFields(store, id)]);
  return previewRule({ rule, rules: activeRules(spec.rules, today), drifts, fields });
}

function readRule(rule: z.infer<typeof ruleSchema>): ReturnType<typeof parseRule> {
  try {
    return parseRule(rule, "rule");
  } catch (error) {
    if (error instanceof AppError) throw new BadRequest(error.message);
    throw error;
  }
}

function describe({ issues }: z.ZodError): string {
  const [issue] = issues;
  if (issue?.code === "unrecognized_keys") return `rule: unknown key ${issue.keys.map((key) => `"${key}"`).join(", ")}`;
  return `${["rule", ...(issue?.path ?? [])].map(String).join(".")}: ${issue?.message ?? "invalid"}`;
}
