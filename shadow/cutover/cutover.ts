import { AppError, messageOf } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import type { SealedEntry } from "../core/cutover/audit-chain.ts";
import type { Breach } from "../core/cutover/breach.ts";
import { groupOf } from "../core/cutover/coupling.ts";
import type { FamilyState } from "../core/cutover/family-state.ts";
import { rollbackStage } from "../core/cutover/stage-order.ts";
import type { GateConfig } from "../core/gate/needed-facts.ts";
import type { GateReport } from "../core/summary/report.ts";
import { readAudit, readAuditHead } from "../store/audit.ts";
import type { StoreClient } from "../store/store.ts";
import { readSeenHead, rememberHead } from "./audit-head.ts";
import { flip, rollBack, type FlipOrder } from "./flip.ts";
import { expectFamily, judgeAll } from "./gate.ts";
import { Propagation } from "./propagation.ts";
import { Stages } from "./stages.ts";

export type CutoverOptions = {
  readonly config: GateConfig;
  readonly dataDir: string;
  readonly auditKey: string;
  readonly log: Logger;
  /** Throws while the store does not answer. */
  readonly store: () => StoreClient;
  readonly onChange: (states: readonly FamilyState[]) => void;
  readonly onError: (error: unknown) => void;
};

/** One family as people decide about it. */
export type FamilyView = FamilyState & {
  readonly since: string;
  readonly by: string;
  readonly reason: string;
  readonly with: readonly string[];
  readonly gate: GateReport;
};

export type StepBack = Pick<FlipOrder, "family" | "by" | "reason">;

/** The switch of every family: as this replica knows it, as the store holds it, and how the one becomes the other. */
export class Cutover {
  readonly stages: Stages;
  readonly #options: CutoverOptions;
  #propagation: Propagation | undefined;
  #reconciling: Promise<void> = Promise.resolve();

  constructor(options: CutoverOptions) {
    this.#options = options;
    this.stages = new Stages({ dataDir: options.dataDir, couplings: options.config.families });
  }

  /** The store answers: changes made elsewhere arrive from now on. */
  connect(connection: { readonly client: StoreClient; readonly url: string }): void {
    this.#propagation ??= new Propagation({
      url: connection.url,
      store: connection.client,
      onStates: (states) => this.take(states),
      onError: this.#options.onError,
    });
  }

  /** What the store holds. A step back that it does not know yet is written first, unless it holds something newer. */
  take(states: readonly FamilyState[]): void {
    const changed = this.stages.update(states);
    if (changed.length > 0) {
      for (const { family, stage, percent, version } of changed)
        this.#options.log.info({ family, stage, percent, version }, "a family's stage changed");
      this.#options.onChange(changed);
      void this.#rememberHead();
    }
    if (this.stages.unwritten().length > 0) this.#reconciling = this.#reconciling.then(() => this.#writeStepsBack());
  }

  async families(): Promise<FamilyView[]> {
    const { config, store } = this.#options;
    const { facts, gates } = await judgeAll(store(), config);
    return facts.map(({ state }) => ({
      ...state,
      since: state.since.toISOString(),
      with: groupOf(state.family, config.families).filter((family) => family !== state.family),
      gate: gates.get(state.family) ?? { to: null, verdict: "inconclusive", criteria: [] },
    }));
  }

  async set(order: FlipOrder): Promise<readonly FamilyState[]> {
    const { store, config, auditKey } = this.#options;
    return this.#made(await flip({ store: store(), config, auditKey }, order), order);
  }

  /** Works without the store too: then it holds here at once, and is written when the store is back. */
  async rollBack(order: StepBack): Promise<{ readonly states: readonly FamilyState[]; readonly isWritten: boolean }> {
    const { store, config, auditKey, log } = this.#options;
    expectFamily(order.family, config);
    try {
      return { states: this.#made(await rollBack({ store: store(), config, auditKey }, order), order), isWritten: true };
    } catch (error) {
      if (error instanceof AppError) throw error;
      const group = groupOf(order.family, config.families);
      const stage = rollbackStage(this.stages.stageOf(order.family));
      this.stages.stepBack(group, stage, { by: order.by, reason: order.reason });
      log.error(
        { families: group, stage, by: order.by, reason: messageOf(error) },
        "stepped back while the store does not answer; it is written when it does",
      );
      const states = group.map((family) => this.stages.stateOf(family));
      this.#options.onChange(states);
      return { states, isWritten: false };
    }
  }

  /** A family breached its limits: back at once, and somebody should look. */
  async stepBackFor(family: string, breach: Breach): Promise<void> {
    const { log, onError } = this.#options;
    log.error({ family, breach: breach.kind, detail: breach.detail }, "stepping back: nest breaches its limits");
    await this.rollBack({ family, by: "auto-rollback", reason: `${breach.kind}: ${breach.detail}` }).catch(onError);
  }

  history(limit: number): Promise<SealedEntry[]> {
    return readAudit(this.#options.store(), limit);
  }

  async stop(): Promise<void> {
    await this.#propagation?.stop();
    await this.#reconciling;
  }

  #made({ states, head }: Awaited<ReturnType<typeof flip>>, { by, reason }: StepBack): readonly FamilyState[] {
    if (head !== undefined) {
      rememberHead(this.#options.dataDir, head);
      for (const { family, stage, percent } of states) this.#options.log.info({ family, stage, percent, by, reason, auditHead: head }, "flipped");
    }
    this.take(states);
    return states;
  }

  async #rememberHead(): Promise<void> {
    try {
      const head = await readAuditHead(this.#options.store());
      const seen = readSeenHead(this.#options.dataDir);
      if (head !== undefined && seen !== undefined && head.seq < seen.seq) this.#options.log.error({ seen, head }, "the audit trail was cut");
      if (head !== undefined) rememberHead(this.#options.dataDir, head);
    } catch (error) {
      this.#options.onError(error);
    }
  }

  async #writeStepsBack(): Promise<void> {
    for (const { family, stage, unwritten } of this.stages.unwritten()) {
      if (unwritten === undefined) continue;
      const reason = `${unwritten.reason} (made while the store was down)`;
      try {
        await this.set({ family, to: stage, percent: undefined, isOverride: false, by: unwritten.by, reason });
      } catch (error) {
        this.#options.onError(error); // tried again with the next look at the store
        return;
      }
    }
  }
}
