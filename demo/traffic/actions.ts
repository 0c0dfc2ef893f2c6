import { ENDPOINTS, type EndpointId } from "../../domain/src/endpoints.ts";
import type { Weighted } from "../seed/random.ts";
import type { Cursor, KnownContact } from "./knowledge.ts";
import type { Operator } from "./operators.ts";

/** Who acts and what they have seen; `pick` takes one item, always the same for the same draw. */
export type Scene = {
  readonly operator: Operator;
  readonly contacts: readonly KnownContact[];
  readonly foreignContacts: readonly KnownContact[];
  readonly cursors: readonly Cursor[];
  readonly pick: <Item>(items: readonly Item[]) => Item;
};

/** Query parameters; a key that begins with a colon is a parameter of the path. */
export type Query = Readonly<Record<string, string | number>>;
type Credentials = "valid" | "expired" | "none";

export type Action = {
  readonly endpoint: EndpointId;
  /** What the contract answers. */
  readonly status: number;
  /** Undefined while nothing is known to ask for: the contacts list is asked instead. */
  readonly query: (scene: Scene) => Query | undefined;
  /** Roles that do this; default all. */
  readonly by?: "admins" | "users";
  readonly credentials?: Credentials;
};

const CONTACTS_PAGE = 50;
const THREAD_PAGE = 30;
const UNKNOWN_SESSION = "session-that-never-was";

const none = (): Query => ({});
const ownSession = ({ operator, pick }: Scene): Query => ({ sessionId: pick(operator.sessionIds) });
const foreignSession = ({ operator, pick }: Scene): Query => ({ sessionId: pick(operator.foreignSessionIds) });
const unknownSession = (): Query => ({ sessionId: UNKNOWN_SESSION });
const read = (endpoint: EndpointId, query: Action["query"]): Action => ({ endpoint, status: 200, query });
const adminRead = (endpoint: EndpointId, query: Action["query"]): Action => ({ endpoint, status: 200, query, by: "admins" });
const analytics = (timeRange: string): Action => read("analytics.get", (scene) => ({ ...ownSession(scene), timeRange }));

function ofContact(toQuery: (contact: KnownContact, scene: Scene) => Query): Action["query"] {
  return (scene) => (scene.contacts.length === 0 ? undefined : toQuery(scene.pick(scene.contacts), scene));
}

/** About one contact, which the path names. */
function ofPath(): Action["query"] {
  return ofContact(({ id }) => ({ ":contactId": id }));
}

/** The first thing a page needs, and what stands in for anything that needs a contact before one is known. */
export const CONTACTS_LIST: Action = read("contacts.list", none);
/** The session panel asks this every five seconds. */
export const STATUS_POLL: Action = read("sessions.status", ownSession);

/** What operators do besides polling; weights add up to 100, deliberate errors are 5 of them. */
export const ACTIONS: Weighted<Action> = [
  [STATUS_POLL, 3],
  [read("sessions.status", unknownSession), 1],
  [read("sessions.list", none), 6],
  [adminRead("sessions.admin", none), 4],

  [CONTACTS_LIST, 3],
  [read("contacts.list", ownSession), 4],
  [read("contacts.list", () => ({ limit: CONTACTS_PAGE })), 4],
  [read("contacts.list", ({ pick }) => ({ limit: CONTACTS_PAGE, offset: pick([50, 100, 150, 400]) })), 3],

  [
    read(
      "conversation.thread",
      ofContact(({ id }) => ({ contactId: id })),
    ),
    9,
  ],
  [
    read(
      "conversation.thread",
      ofContact(({ id }) => ({ contactId: id, limit: THREAD_PAGE })),
    ),
    4,
  ],
  [
    read(
      "conversation.thread",
      ofContact(({ jid }) => ({ contactId: jid, limit: THREAD_PAGE })),
    ),
    3,
  ],
  [
    read(
      "conversation.thread",
      ofContact(({ id }, scene) => ({ contactId: id, ...ownSession(scene) })),
    ),
    1,
  ],
  [read("conversation.thread", ({ cursors, pick }) => (cursors.length === 0 ? undefined : { ...pick(cursors), limit: THREAD_PAGE })), 2],
  [read("conversation.messages", () => ({ status: "PENDING", limit: 50 })), 5],
  [read("conversation.messages", (scene) => ({ ...ownSession(scene), limit: THREAD_PAGE })), 2],
  [
    read(
      "conversation.messages",
      ofContact(({ id }) => ({ contactId: id })),
    ),
    2,
  ],
  [
    read(
      "conversation.messages",
      ofContact(({ jid }) => ({ jid, limit: THREAD_PAGE })),
    ),
    2,
  ],

  [read("analytics.get", ownSession), 3],
  [analytics("24h"), 4],
  [analytics("7d"), 3],
  [analytics("30d"), 4],
  [analytics("90d"), 3],
  [adminRead("config.get", ownSession), 4],

  [read("sessions.health", none), 1],
  [read("sessions.health", ownSession), 1],
  [read("contacts.lock", ofPath()), 3],
  [read("conversation.history", ofPath()), 2],
  [read("conversation.preview", ofPath()), 2],
  [read("transfers.status", ofPath()), 2],
  [adminRead("transfers.pending", none), 2],
  [read("realtime.config", none), 2],

  [{ endpoint: "sessions.list", status: 401, query: none, credentials: "none" }, 0.5],
  [{ endpoint: "analytics.get", status: 401, query: ownSession, credentials: "expired" }, 0.5],
  [{ endpoint: "sessions.admin", status: 403, query: none, by: "users" }, 0.5],
  [{ endpoint: "config.get", status: 403, query: ownSession, by: "users" }, 0.4],
  [{ endpoint: "contacts.list", status: 404, query: unknownSession }, 0.4],
  [{ endpoint: "contacts.list", status: 404, query: foreignSession }, 0.4],
  [{ endpoint: "analytics.get", status: 404, query: foreignSession }, 0.4],
  [{ endpoint: "config.get", status: 404, query: foreignSession, by: "admins" }, 0.4],
  [{ endpoint: "conversation.thread", status: 404, query: foreignContact }, 0.5],
  [{ endpoint: "analytics.get", status: 400, query: none }, 0.3],
  [{ endpoint: "conversation.thread", status: 400, query: none }, 0.4],
  [{ endpoint: "conversation.messages", status: 400, query: () => ({ status: "UNREAD" }) }, 0.3],
  [read("sessions.status", foreignSession), 1],
];

function foreignContact({ foreignContacts, pick }: Scene): Query | undefined {
  return foreignContacts.length === 0 ? undefined : { contactId: pick(foreignContacts).id };
}

/** Path and query of an action. */
export function toTarget(endpoint: EndpointId, query: Query): string {
  const given = Object.entries(query).map(([key, value]): [string, string] => [key, String(value)]);
  const text = new URLSearchParams(given.filter(([key]) => !key.startsWith(":"))).toString();
  const pathTemplate: string = ENDPOINTS[endpoint].path;
  const path = given.reduce((template, [key, value]) => template.replace(key, encodeURIComponent(value)), pathTemplate);
  return `${path}${text === "" ? "" : `?${text}`}`;
}
