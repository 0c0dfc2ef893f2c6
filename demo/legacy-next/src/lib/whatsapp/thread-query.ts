import type { MessageStatus } from "@ipnuo/domain/enums";
import { boundedInteger, type Query } from "../http/query.ts";
import { addressOf } from "./jid.ts";

export type ThreadQuery = {
  /** A reference to resolve, or the well-formed address that `jid` stands for; undefined: all of the tenant. */
  readonly contact: { readonly kind: "reference"; readonly text: string } | { readonly kind: "address"; readonly jid: string } | undefined;
  readonly sessionId: string | undefined;
  readonly status: MessageStatus | undefined;
  readonly limit: number;
  readonly before: string | undefined;
};

const STATUSES: readonly MessageStatus[] = ["PENDING", "SENT", "DELIVERED", "READ", "FAILED"];
const LIMIT = { fallback: 100, min: 1, max: 500 };

/** Query of `GET messages`: without `contactId`, `jid` may name the chat. */
export function parseMessagesQuery(query: Query): ThreadQuery {
  return parse(query, query.optional("contactId"));
}

/** Query of `GET chat-messages`: `contactId` is required. */
export function parseThreadQuery(query: Query): ThreadQuery {
  query.required("contactId");
  return parse(query, query.optional("contactId"));
}

function parse(query: Query, contactId: string | undefined): ThreadQuery {
  const contact = contactId === undefined ? parseJid(query) : ({ kind: "reference", text: contactId } as const);
  const status = parseStatus(query);
  return {
    contact,
    sessionId: query.optional("sessionId"),
    status,
    limit: boundedInteger(query.optional("limit"), LIMIT),
    before: query.optional("before"),
  };
}

function parseJid(query: Query): ThreadQuery["contact"] {
  const text = query.optional("jid");
  if (text === undefined) return undefined;
  const jid = addressOf(text);
  if (jid === undefined) query.reject("jid");
  return jid === undefined ? undefined : { kind: "address", jid };
}

function parseStatus(query: Query): MessageStatus | undefined {
  const text = query.optional("status") ?? "all";
  const status = STATUSES.find((each) => each === text);
  if (status === undefined && text !== "all") query.reject("status");
  return status;
}
