import type { Command } from "commander";
import { AppError } from "../lib/errors.ts";
import { SEND_STATES, type SendState } from "../shadow/core/send-ledger/send-record.ts";
import { settleByPerson } from "../shadow/cutover/resolve-send.ts";
import { listSends, readSend, RESOLUTIONS, type ListedSend, type Resolution, type ShownSend } from "../shadow/store/send-listing.ts";
import { createSendVault } from "../shadow/store/send-vault.ts";
import { operator, reasonOf } from "./operator.ts";
import { print } from "./print.ts";
import { renderTable } from "./table.ts";
import { addStoreOptions, withStore, type OpenStore, type StoreFlags } from "./with-store.ts";

const LIMIT = 100;

type ListFlags = StoreFlags & { readonly state: string; readonly json?: boolean };
type ResolveFlags = StoreFlags & { readonly outcome: string; readonly reason: string; readonly json?: boolean };

/** `parallax sends`: what the send ledger knows, and a person's word where it knows nothing. */
export function addSends(program: Command): void {
  const sends = program.command("sends").description("list, show and resolve sends, above all those of unknown fate");
  addStoreOptions(sends.command("list").description(`the newest ${LIMIT} sends of a state`))
    .option("--state <state>", `${SEND_STATES.join(", ")} or all`, "unknown")
    .option("--json", "as JSON")
    .action((flags: ListFlags) => list(flags));
  addStoreOptions(sends.command("show <id>").description("one send, by its id or that of its request, with the key its owner was given"))
    .option("--json", "as JSON")
    .action((id: string, flags: StoreFlags & { json?: boolean }) =>
      withStore(flags, async (open) => show(await find(open, id), flags.json === true)),
    );
  addStoreOptions(sends.command("resolve <id>").description("say what became of a send of unknown fate; kept in the audit trail"))
    .requiredOption("--outcome <outcome>", `${RESOLUTIONS.join(" (its key stays taken) or ")} (its key is free)`)
    .requiredOption("--reason <text>", "how you know; kept in the audit trail")
    .option("--json", "as JSON")
    .action((id: string, flags: ResolveFlags) => resolve(id, flags));
}

async function list(flags: ListFlags): Promise<void> {
  const state = stateOf(flags.state);
  await withStore(flags, async ({ store }) => {
    const page = await listSends(store, { state, limit: LIMIT });
    print(flags.json === true ? JSON.stringify(page, null, 2) : renderList(page.sends, flags.state));
  });
}

async function resolve(id: string, flags: ResolveFlags): Promise<void> {
  const outcome = outcomeOf(flags.outcome);
  const reason = reasonOf(flags);
  await withStore(flags, async (open) => {
    const found = await find(open, id);
    await settleByPerson(open, { id: found.id, outcome, by: operator(), reason });
    show(await find(open, found.id), flags.json === true);
  });
}

async function find({ store, sendKey }: OpenStore, id: string): Promise<ShownSend> {
  const found = await readSend(store, id, createSendVault(sendKey));
  if (found === undefined) throw new AppError("USAGE_UNKNOWN_SEND", `there is no send ${id}; parallax sends list --state all shows the newest`);
  return found;
}

function show(send: ShownSend, asJson: boolean): void {
  if (asJson) return print(JSON.stringify(send, null, 2));
  const width = Math.max(...Object.keys(send).map((name) => name.length));
  print(
    Object.entries(send)
      .map(([name, value]) => `${name.padEnd(width)}  ${value === null ? "-" : String(value)}`)
      .join("\n"),
  );
}

function renderList(sends: readonly ListedSend[], state: string): string {
  if (sends.length === 0) return state === "all" ? "no send on record" : `no send is ${state}`;
  const rows = sends.map(({ id, state: now, endpoint, owner, tenant, user, startedAt, lastStatus, lastError }) => [
    id,
    now,
    endpoint,
    owner,
    tenant ?? "-",
    user ?? "-",
    startedAt,
    lastError ?? (lastStatus === null ? "-" : `answered ${lastStatus}`),
  ]);
  return renderTable(["id", "state", "endpoint", "owner", "tenant", "user", "started", "last"], rows);
}

function stateOf(text: string): SendState | undefined {
  if (text === "all") return undefined;
  const state = SEND_STATES.find((each) => each === text);
  if (state === undefined) throw new AppError("USAGE_INVALID", `--state: expected ${SEND_STATES.join(", ")} or all, got "${text}"`);
  return state;
}

function outcomeOf(text: string): Resolution {
  const outcome = RESOLUTIONS.find((each) => each === text);
  if (outcome === undefined) throw new AppError("USAGE_INVALID", `--outcome: expected ${RESOLUTIONS.join(" or ")}, got "${text}"`);
  return outcome;
}
