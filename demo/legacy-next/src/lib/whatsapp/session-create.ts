import { isDuplicate } from "../duplicate.ts";
import { conflict, notFound } from "../http/api-error.ts";
import type { Member } from "../http/member.ts";
import type { Asked } from "../http/respond.ts";
import { commit } from "../transaction.ts";
import { newCuid } from "./cuid.ts";
import { insertSession, lockSessionKey } from "./new-session.ts";
import { DEFAULT_ROUTING_RULE } from "./session-config.ts";
import { listSessions } from "./sessions.ts";
import type { CreateInput } from "./session-body.ts";

/** `POST sessions`: a session that is not connected yet. */
export async function createSession({ tenantId }: Member, input: CreateInput, asked: Asked): Promise<unknown> {
  const { name, routingRule = DEFAULT_ROUTING_RULE } = input;
  const sessionId = input.sessionId ?? `session-${newCuid(new Date())}`;
  try {
    await commit(asked, async (transaction) => {
      const existing = await lockSessionKey(transaction, tenantId, sessionId);
      if (existing !== null) throw conflict("Session already exists");
      const session = { sessionId, tenantId, ...(name === undefined ? {} : { name }) };
      return { result: await insertSession(transaction, session, { routingRule }) };
    });
  } catch (error) {
    // Another tenant made the same key at the same moment: it is theirs now.
    throw isDuplicate(error) ? notFound("Session not found or access denied") : error;
  }
  const [session] = await listSessions(tenantId, sessionId);
  return { success: true, session };
}
