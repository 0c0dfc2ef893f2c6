import { Pool } from "undici";
import type { Metrics } from "./ops/metrics.ts";
import { MAX_HEADER_BYTES } from "./proxy/headers.ts";
import { SendServer } from "./proxy/send-server.ts";
import type { SendEvents } from "./proxy/send-types.ts";
import type { ShadowSettings } from "./settings.ts";
import { SendStore } from "./store/send-store.ts";
import { createSendVault, type SendVault } from "./store/send-vault.ts";

export type SendsSideOptions = {
  readonly settings: ShadowSettings;
  readonly metrics: Metrics;
  readonly events: Omit<SendEvents, "onError">;
  readonly onError: (error: unknown) => void;
};

/** What makes sends happen once: the ledger, and connections of its own to both systems. */
export class SendsSide {
  readonly server: SendServer;
  readonly vault: SendVault;
  readonly #pools: Readonly<Record<"legacy" | "nest", Pool>>;
  #store: SendStore | undefined;

  constructor({ settings, metrics, events, onError }: SendsSideOptions) {
    const { config, authSecret, sendKey } = settings;
    const open = (url: string): Pool => openPool(url, config.limits.primaryTimeoutMs);
    this.#pools = { legacy: open(settings.legacyUrl), nest: open(settings.candidateUrl) };
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
        onError,
      },
    });
  }

  /** The store answers, its schema is up to date. */
  connect(url: string): void {
    this.#store ??= new SendStore(url);
  }

  async stop(): Promise<void> {
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
