import { createHash, randomUUID } from "node:crypto";
import { HEADER } from "../../lib/wire.ts";
import { pathOf, type EndpointMatch } from "../core/endpoint.ts";
import { parseKey } from "../core/send-ledger/idempotency-key.ts";
import { payloadText, type SendPayload } from "../core/send-ledger/payload.ts";
import { requestIdOf } from "./answer-failure.ts";
import { refuseSend, SEND_REFUSALS } from "./send-answers.ts";
import { begin, type BegunSend } from "./send-begin.ts";
import { isMultipart, isReadable, readBody } from "./send-body.ts";
import { SendKeeper } from "./send-keeper.ts";
import { Conveyance } from "./send-conveyance.ts";
import { scopeOf, type SendScope } from "./send-scope.ts";
import type { ReadSend, SendEntry, SendHandling, SendParts, SendRequest } from "./send-types.ts";

/** Makes sends happen once: each goes through the ledger before it goes to its owner. */
export class SendServer {
  readonly #parts: SendParts;
  readonly #keeper: SendKeeper;
  readonly #conveyance: Conveyance;

  constructor(parts: SendParts) {
    this.#parts = parts;
    this.#keeper = new SendKeeper({ store: parts.store, onError: parts.events.onError });
    this.#conveyance = new Conveyance(parts, this.#keeper);
  }

  async handle(send: SendRequest): Promise<SendHandling> {
    const { request, response, match, headers } = send;
    const scope = scopeOf(headers, this.#parts.scope, Date.now());
    if (scope === undefined) return "pass"; // nobody's send: its owner says 401
    const given = parseKey(headers.filter(([name]) => name.toLowerCase() === HEADER.idempotencyKey).map(([, value]) => value));
    const requestId = requestIdOf(request);
    if (given.kind === "invalid" && isMultipart(request)) {
      refuseSend(response, SEND_REFUSALS.key);
      return "handled";
    }
    const keyed = { scope, requestId, clientKey: given.kind === "given" ? given.key : undefined };
    if (isMultipart(request)) return this.#form(send, keyed);
    const body = await readBody(request, response);
    if (body.kind === "too-large") refuseSend(response, SEND_REFUSALS.tooLarge);
    if (body.kind !== "read") return "handled";
    if (given.kind === "invalid") {
      refuseSend(response, isReadable(request, body.bytes) ? SEND_REFUSALS.key : SEND_REFUSALS.body); // in the owner's order
      return "handled";
    }
    const payload = this.#payloadOf(match, send.target);
    const fingerprint = this.#parts.vault.fingerprint(payloadText(payload({ kind: "bytes", bytes: body.bytes })));
    return this.#enter({ ...send, requestId, body: { kind: "bytes", bytes: body.bytes } }, this.#entry(send, keyed, fingerprint));
  }

  /** Writes what still has to be written. */
  stop(): Promise<void> {
    return this.#keeper.stop();
  }

  /** The key decides before the body is read; the body is hashed on its way. */
  #form(send: SendRequest, keyed: Keyed): Promise<SendHandling> {
    const payload = this.#payloadOf(send.match, send.target);
    const fingerprintOf = (body: SendPayload["body"]): string => this.#parts.vault.fingerprint(payloadText(payload(body)));
    return this.#enter({ ...send, requestId: keyed.requestId, body: { kind: "form", fingerprintOf } }, this.#entry(send, keyed, undefined));
  }

  async #enter(send: ReadSend, entry: SendEntry): Promise<SendHandling> {
    const { vault, familyOf } = this.#parts;
    let begun: BegunSend;
    try {
      const store = this.#parts.store();
      if (store === undefined) throw new Error("the store does not answer");
      await this.#conveyance.delivered(entry.slot);
      begun = await begin(entry, { store, vault, honoursKey: (owner) => familyOf(entry.family).honoursKey[owner] });
    } catch (error) {
      this.#parts.events.onError(error);
      return this.#conveyance.withoutStore(send, entry);
    }
    try {
      await this.#conveyance.convey(send, entry, begun);
    } catch (error) {
      // An answer that Node refuses to write, say: the ledger has it, the client sees a connection that broke.
      this.#parts.events.onError(error);
      send.response.destroy();
    }
    return "handled";
  }

  #entry({ match, roles }: SendRequest, { scope, requestId, clientKey }: Keyed, fingerprint: string | undefined): SendEntry {
    const { vault, familyOf } = this.#parts;
    const { id: endpoint, family } = match.endpoint;
    const id = randomUUID();
    const key = clientKey ?? randomUUID();
    const isWindow = clientKey === undefined && fingerprint !== undefined && familyOf(family).isGuarded;
    const slot = clientKey === undefined && !isWindow ? id : hash([isWindow ? "window" : "key", scope.name, endpoint, isWindow ? fingerprint : key]);
    const { tenant, user } = scope;
    const sealedKey = vault.seal(Buffer.from(key), id);
    return { id, slot, requestId, tenant, user, endpoint, family, owner: roles.primary, fingerprint, keyId: vault.keyId, sealedKey, isWindow, key };
  }

  #payloadOf({ params }: EndpointMatch, target: string): (body: SendPayload["body"]) => SendPayload {
    const query = target.slice(pathOf(target).length + 1);
    return (body) => ({ params, query, body });
  }
}

type Keyed = { readonly scope: SendScope; readonly requestId: string; readonly clientKey: string | undefined };

function hash(parts: readonly (string | undefined)[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url");
}
