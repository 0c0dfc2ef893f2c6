import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import type { AppError } from "../../lib/errors.ts";
import type { FamilyState } from "../core/cutover/family-state.ts";
import { STAGES } from "../core/cutover/stage-order.ts";
import type { Stage } from "../core/types.ts";
import { operatorOf, requireRole } from "./auth.ts";
import { limitQuery, parse, readQuery } from "./queries.ts";

type Order = { readonly family: string; readonly by: string; readonly reason: string };

/** What the routes need of the cutover. */
export type CutoverPart = {
  readonly families: () => Promise<readonly unknown[]>;
  readonly set: (
    order: Order & { readonly to: Stage; readonly percent: number | undefined; readonly isOverride: boolean },
  ) => Promise<readonly FamilyState[]>;
  readonly rollBack: (order: Order) => Promise<{ readonly states: readonly FamilyState[]; readonly isWritten: boolean }>;
  readonly history: (limit: number) => Promise<readonly unknown[]>;
};

const reason = z
  .string({ error: "reason: expected a text that says why" })
  .trim()
  .min(1, "reason: expected a text that says why")
  .max(1_000, "reason: expected at most 1000 characters");

const setBody = z.strictObject({
  stage: z.enum(STAGES, { error: (issue) => `stage: expected ${STAGES.join(", ")}, got "${String(issue.input)}"` }),
  percent: z.number({ error: "percent: expected a number" }).optional(),
  reason,
  override: z.boolean({ error: "override: expected true or false" }).default(false),
});
const rollbackBody = z.strictObject({ reason });

export function addCutover(app: FastifyInstance, cutover: CutoverPart): void {
  const preHandler = requireRole("releaser");
  app.get("/api/cutover", async () => ({ families: await cutover.families() }));
  app.get("/api/cutover/history", async (request) => ({ entries: await cutover.history(readQuery(limitQuery, request.query).limit) }));
  app.put<{ Params: { family: string } }>("/api/cutover/:family", { preHandler }, async (request) => {
    const { stage, percent, override, ...body } = parse(setBody, request.body);
    const { family } = request.params;
    const by = operatorOf(request)?.name ?? "";
    return { families: await cutover.set({ family, by, reason: body.reason, to: stage, percent, isOverride: override }) };
  });
  app.post<{ Params: { family: string } }>("/api/cutover/:family/rollback", { preHandler }, async (request) => {
    const { family } = request.params;
    const by = operatorOf(request)?.name ?? "";
    const { states, isWritten } = await cutover.rollBack({ family, by, reason: parse(rollbackBody, request.body).reason });
    return { families: states, written: isWritten };
  });
}

/** 404 for a family nobody configured, 409 for what may not be done, with the gate's verdict where that is why. */
export function refuse(reply: FastifyReply, error: AppError & { readonly gate?: unknown }): FastifyReply {
  const status = error.code === "USAGE_UNKNOWN_FAMILY" ? 404 : /^(?:CUTOVER|SEND)_/.test(error.code) ? 409 : 500;
  if (status === 500) return reply.code(500).send({ error: "Internal error" });
  return reply.code(status).send({ error: error.message, ...(error.gate === undefined ? {} : { gate: error.gate }) });
}
