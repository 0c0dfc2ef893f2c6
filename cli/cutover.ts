import type { Command } from "commander";
import { AppError, EXIT } from "../lib/errors.ts";
import { isStage, STAGES } from "../shadow/core/cutover/stage-order.ts";
import type { Stage } from "../shadow/core/types.ts";
import { readSeenHead, rememberHead } from "../shadow/cutover/audit-head.ts";
import { verifyAudit } from "../shadow/cutover/audit.ts";
import { flip, rollBack, type FlipResult } from "../shadow/cutover/flip.ts";
import { judgeAll } from "../shadow/cutover/gate.ts";
import { readAudit } from "../shadow/store/audit.ts";
import { operator, reasonOf } from "./operator.ts";
import { print } from "./print.ts";
import { renderHistory, renderStatus } from "./render-cutover.ts";
import { addStoreOptions, withStore, type OpenStore, type StoreFlags } from "./with-store.ts";

const HISTORY_SHOWN = 50;

/** `parallax cutover`: the switch of every family, and who moved it. */
export function addCutover(program: Command): void {
  const cutover = program.command("cutover").description("show, move and take back the stage of endpoint families");
  addStoreOptions(cutover.command("status").description("every family: stage, since when, by whom, the gate's verdict"))
    .option("--json", "as JSON")
    .action((flags: StoreFlags & { json?: boolean }) => withStore(flags, (open) => status(open, flags.json === true)));
  addStoreOptions(cutover.command("set <family> <stage>").description(`move a family to ${STAGES.join(", ")}`))
    .option("--percent <n>", "share of canary, above 0 and at most 100 (default: 5 when entering canary)")
    .requiredOption("--reason <text>", "why; kept in the audit trail")
    .option("--override", "flip although the gate does not pass, or skip stages; recorded as such")
    .action((family: string, stage: string, flags: SetFlags) => set(family, stage, flags));
  addStoreOptions(cutover.command("rollback <family>").description("back to where legacy answers everybody, at once"))
    .requiredOption("--reason <text>", "why; kept in the audit trail")
    .action((family: string, flags: StoreFlags & { reason: string }) =>
      withStore(flags, async (open) => report(open, await rollBack(contextOf(open), { family, by: operator(), reason: reasonOf(flags) }))),
    );
  addStoreOptions(cutover.command("history").description("who moved what, when, why, on which evidence"))
    .option("--json", "as JSON, with the evidence")
    .option("--verify", "check the chain: edits, removals and cuts show; exit code 1 when it does not hold")
    .action((flags: StoreFlags & { json?: boolean; verify?: boolean }) => withStore(flags, (open) => history(open, flags)));
}

type SetFlags = StoreFlags & { readonly percent?: string; readonly reason: string; readonly override?: boolean };

async function set(family: string, stage: string, flags: SetFlags): Promise<void> {
  const to = stageOf(stage);
  const percent = flags.percent === undefined ? undefined : percentOf(flags.percent);
  const order = { family, to, percent, isOverride: flags.override === true, by: operator(), reason: reasonOf(flags) };
  await withStore(flags, async (open) => report(open, await flip(contextOf(open), order)));
}

async function status({ store, config }: OpenStore, asJson: boolean): Promise<void> {
  const { facts, gates } = await judgeAll(store, config);
  const families = facts.map(({ state }) => ({ ...state, since: state.since.toISOString(), gate: gates.get(state.family) }));
  print(asJson ? JSON.stringify({ families }, null, 2) : renderStatus(families, new Date()));
}

async function history({ store, dataDir, auditKey }: OpenStore, { json, verify }: { json?: boolean; verify?: boolean }): Promise<void> {
  if (verify !== true) {
    const entries = await readAudit(store, json === true ? undefined : HISTORY_SHOWN);
    return print(json === true ? JSON.stringify({ entries }, null, 2) : renderHistory(entries));
  }
  const { entries, problems } = await verifyAudit(store, { key: auditKey, head: readSeenHead(dataDir) });
  if (json === true) print(JSON.stringify({ entries, problems }, null, 2));
  else
    print(
      [renderHistory(entries), ...problems, problems.length === 0 ? `${entries.length} entries, the chain holds` : "the chain does not hold"].join(
        "\n",
      ),
    );
  if (problems.length > 0) process.exitCode = EXIT.failed;
}

function report({ dataDir }: OpenStore, { states, head, isOverride }: FlipResult): void {
  if (head === undefined) return print("nothing to change");
  rememberHead(dataDir, head);
  for (const { family, stage, percent } of states)
    print(`${family} is at ${stage}${stage === "canary" ? ` ${percent} %` : ""}${isOverride ? " (override)" : ""}`);
  print(`audit entry ${head.seq} ${head.mac}`);
}

function contextOf({ store, config, auditKey }: OpenStore): Parameters<typeof flip>[0] {
  return { store, config, auditKey };
}

/** Throws `USAGE_INVALID` with the stages there are. */
export function stageOf(text: string): Stage {
  if (isStage(text)) return text;
  throw new AppError("USAGE_INVALID", `unknown stage "${text}"; expected one of ${STAGES.join(", ")}`);
}

function percentOf(text: string): number {
  const percent = Number(text);
  if (text.trim() !== "" && percent > 0 && percent <= 100) return percent;
  throw new AppError("USAGE_INVALID", `--percent: expected a number above 0 and at most 100, got "${text}"`);
}
