/** Section 2 of the contract, by hand: what the suite must cover, apart from both implementations. */

export type IndexedEndpoint = {
  readonly id: string;
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Absolute, `:name` for a parameter. */
  readonly path: string;
  readonly role: "user" | "admin" | "service";
};

const table = `
sessions.connect        POST   /connect                                    admin
sessions.disconnect     POST   /disconnect                                 admin
sessions.status         GET    /status                                     user
sessions.list           GET    /sessions                                   user
sessions.create         POST   /sessions                                   admin
sessions.delete         DELETE /sessions                                   admin
sessions.health         GET    /sessions/health                            user
sessions.testQr         POST   /test-qr                                    admin
sessions.admin          GET    /api/admin/whatsapp                         admin
analytics.get           GET    /analytics                                  user
contacts.list           GET    /contacts                                   user
contacts.link           POST   /contacts/link                              admin
contacts.assign         POST   /contacts/:contactId/assign                 user
contacts.lock           GET    /contacts/:contactId/lock-status            user
contacts.sync           POST   /accounts/sync                              admin
conversation.messages   GET    /messages                                   user
conversation.thread     GET    /chat-messages                              user
conversation.markRead   POST   /contacts/mark-read                         user
conversation.history    GET    /contacts/:contactId/sessions               user
conversation.open       POST   /contacts/:contactId/session/open           user
conversation.close      POST   /contacts/:contactId/session/close          user
conversation.preview    GET    /contacts/:contactId/session/summary-preview user
conversation.delegate   POST   /delegate                                   user
sends.text              POST   /chat-messages                              user
sends.text              POST   /send                                       user
sends.media             POST   /send-media                                 user
media.get               GET    /media/:messageId                           user
config.get              GET    /config                                     admin
config.set              POST   /config                                     admin
config.patch            PATCH  /config                                     admin
transfers.request       POST   /contacts/:contactId/transfer/request       user
transfers.status        GET    /contacts/:contactId/transfer-status        user
transfers.pending       GET    /transfer-requests/pending                  admin
transfers.approve       POST   /transfer-requests/:requestId/approve       admin
transfers.deny          POST   /transfer-requests/:requestId/deny          admin
transfers.cancel        DELETE /transfer-requests/:requestId               user
realtime.config         GET    /api/chat/realtime/config                   user
realtime.auth           POST   /api/chat/realtime/auth                     user
ingest.state            POST   /api/internal/whatsapp/sessions/:sessionId/state service
ingest.qr               POST   /api/internal/whatsapp/sessions/:sessionId/qr    service
ingest.messages         POST   /api/internal/whatsapp/messages             service
ingest.status           POST   /api/internal/whatsapp/messages/status      service
ingest.changes          POST   /api/internal/whatsapp/messages/changes     service
ingest.contacts         POST   /api/internal/whatsapp/contacts             service
ingest.groups           POST   /api/internal/whatsapp/groups               service
ingest.media            POST   /api/internal/whatsapp/media                service
`;

const BASE = "/api/whatsapp";

export const ENDPOINT_INDEX: readonly IndexedEndpoint[] = table
  .trim()
  .split("\n")
  .map((line) => {
    const [id = "", method = "", path = "", role = ""] = line.split(/\s+/);
    return { id, method, path: path.startsWith("/api/") ? path : `${BASE}${path}`, role } as IndexedEndpoint;
  });

export const ENDPOINT_IDS: readonly string[] = [...new Set(ENDPOINT_INDEX.map(({ id }) => id))];

const patterns = ENDPOINT_INDEX.map(({ id, method, path }) => ({
  id,
  method,
  pattern: new RegExp(`^${path.replaceAll(/:[a-zA-Z]+/g, "[^/]+")}$`),
  literalParts: path.split("/").filter((part) => !part.startsWith(":")).length,
})).toSorted((one, other) => other.literalParts - one.literalParts);

/** The endpoint that a request is for, also with a method it does not have (then the path's first); undefined for unknown paths. */
export function endpointOf(method: string, target: string): string | undefined {
  const path = (target.split("?", 1)[0] ?? "").replace(/^\/api\/v1\//, "/api/");
  const found = patterns.filter(({ pattern }) => pattern.test(path));
  const asked = method === "HEAD" ? "GET" : method;
  return (found.find((each) => each.method === asked) ?? found[0])?.id;
}
