import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { SEND_STATES } from "../core/send-ledger/send-record.ts";
import { listSends, readSend, RESOLUTIONS, type ResolveOrder } from "../store/send-listing.ts";
import type { SendVault } from "../store/send-vault.ts";
import type { StoreClient } from "../store/store.ts";
import { operatorOf, requireRole } from "./auth.ts";
import { limitQuery, parse, readQuery } from "./queries.ts";

/** What the routes need of the send ledger. */
export type SendsPart = {
  readonly vault: SendVault;
  readonly resolve: (order: ResolveOrder) => Promise<void>;
};

const listQuery = limitQuery.extend({
  state: z.enum(SEND_STATES, { error: ({ input }) => `state: expected ${SEND_STATES.join(", ")}, got "${String(input)}"` }).optional(),
  cursor: z.string().optional(),
});

const resolveBody = z.strictObject({
  outcome: z.enum(RESOLUTIONS, { error: ({ input }) => `outcome: expected ${RESOLUTIONS.join(" or ")}, got "${String(input)}"` }),
  reason: z
    .string({ error: "reason: expected a text that says why" })
    .trim()
    .min(1, "reason: expected a text that says why")
    .max(1_000, "reason: expected at most 1000 characters"),
});

export function addSends(app: FastifyInstance, store: () => StoreClient, { vault, resolve }: SendsPart): void {
  type ById = { Params: { id: string } };
  app.get("/api/sends", (request) => listSends(store(), readQuery(listQuery, request.query)));
  app.get<ById>("/api/sends/:id", async (request, reply) => {
    const found = await readSend(store(), request.params.id, vault);
    return found ?? reply.code(404).send({ error: "No such send" });
  });
  app.post<ById>("/api/sends/:id/resolve", { preHandler: requireRole("releaser") }, async (request, reply) => {
    const order = parse(resolveBody, request.body);
    const found = await readSend(store(), request.params.id, vault);
    if (found === undefined) return reply.code(404).send({ error: "No such send" });
    await resolve({ ...order, id: found.id, by: operatorOf(request)?.name ?? "" });
    return readSend(store(), found.id, vault);
  });
}
