import type { Command } from "commander";
import { EXIT } from "../lib/errors.ts";
import type { GateVerdict } from "../shadow/core/summary/report.ts";
import { expectFamily, judgeAll } from "../shadow/cutover/gate.ts";
import { stageOf } from "./cutover.ts";
import { print } from "./print.ts";
import { renderGate } from "./render-cutover.ts";
import { addStoreOptions, withStore, type StoreFlags } from "./with-store.ts";

const EXIT_OF: Readonly<Record<GateVerdict, number>> = { pass: EXIT.done, fail: EXIT.failed, inconclusive: EXIT.inconclusive };

/** `parallax gate`: may this family flip? */
export function addGate(program: Command): void {
  addStoreOptions(program.command("gate <family>").description("may this family flip? exit code 0 pass, 1 fail, 2 inconclusive"))
    .requiredOption("--to <stage>", "the stage it should go to")
    .option("--json", "as JSON")
    .action((family: string, flags: StoreFlags & { to: string; json?: boolean }) => {
      const to = stageOf(flags.to);
      return withStore(flags, async ({ store, config }) => {
        expectFamily(family, config);
        const { gates } = await judgeAll(store, config, to);
        const gate = gates.get(family) ?? { to, verdict: "inconclusive" as const, criteria: [] };
        print(flags.json === true ? JSON.stringify({ family, ...gate }, null, 2) : renderGate(family, gate));
        process.exitCode = EXIT_OF[gate.verdict];
      });
    });
}
