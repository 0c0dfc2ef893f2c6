import { Pool } from "undici";
import type { Metrics } from "./ops/metrics.ts";
import { MAX_HEADER_BYTES } from "./proxy/headers.ts";
import { describeSend } from "./proxy/send-description.ts";
import { SendLookup } from "./proxy/send-lookup.ts";
import { SendServer } from "./proxy/send-server.ts";
import type { SendEvents } from "./proxy/send-types.ts";
import type { ShadowSettings } from "./settings.ts";
import { SendStore } from "./store/send-store.ts";
import { createSendVault, type SendVault } from "./store/send-vault.ts";

export type SendsSideOptions = {
  readonly settings: ShadowSettings;
  readonly metrics: Metrics;
  readonly events: Omit<SendEvents, "onError" | "onUnknown">;
  readonly onError: (error: unknown) => void;
};

/** What makes sends happen once: the ledger, and connections of its own to both systems. */
export class SendsSide {
  readonly server: SendServer;
  readonly vault: SendVault;
  readonly #pools: Readonly<Record<"legacy" | "nest", Pool>>;
  readonly #lookup: SendLookup | undefined;
  #store: SendStore | undefined;

  constructor({ settings, metrics, events, onError }: SendsSideOptions) {
    const { config, authSecret, sendKey } = settings;
    const open = (url: string): Pool => openPool(url, config.limits.primaryTimeoutMs);
    this.#pools = { legacy: open(settings.legacyUrl), nest: open(settings.candidateUrl) };
    const { sends: target } = config.shadowing;
    const canLook = target !== undefined && settings.shadowSecret !== undefined;
    const lookup = canLook
      ? new SendLookup({ store: () => this.#store, dispatcher: this.#pools.nest, target, secret: settings.shadowSecret, onError })
      : undefined;
    this.#lookup = lookup;
    this.vault = createSendVault(sendKey);
    this.server = new SendServer({
      store: () => this.#store,
      vault: this.vault,
      scope: { subject: config.subject, authSecret },
      familyOf: (family) => {
        const { legacyHonoursKey = false, nestHonoursKey = false, doubleClickGuard = false } = config.families[family] ?? {};
        return { honoursKey: { legacy: legacyHonoursKey, nest: nestHonoursKey }, isGuarded: doubleClickGuard };
      },
      dispatchers: this.#pools,
      events: {
        ...events,
        onSend: (endpointId, outcome) => {
          metrics.send(endpointId, outcome);
          events.onSend(endpointId, outcome);
        },
        onUnknown: ({ send, entry, id, key, form }) => {
          const description = describeSend(send, form);
          if (description !== undefined)
            lookup?.add({ id, key, description, endpoint: entry.endpoint, isWindow: entry.isWindow, headers: send.headers });
        },
        onError,
      },
    });
  }

  /** The store answers, its schema is up to date. */
  connect(url: string): void {
    this.#store ??= new SendStore(url);
  }

  async stop(): Promise<void> {
    this.#lookup?.stop();
    await this.server.stop();
    await this.#store?.close();
    await Promise.all([this.#pools.legacy.destroy(), this.#pools.nest.destroy()]);
  }
}

/** `pipelining: 0` is undici's way to say: a connection for each request, and no more. */
function openPool(url: string, timeoutMs: number): Pool {
  return new Pool(new URL(url).origin, {
    pipelining: 0,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxHeaderSize: MAX_HEADER_BYTES,
    allowH2: false,
  });
}
