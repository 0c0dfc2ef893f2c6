import { readlinkSync } from "node:fs";
import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import type { ComparatorSetup, ToComparator } from "./bus-messages.ts";
import { ComparatorProgram } from "./comparator-program.ts";

/** The comparator in a thread of the proxy, so that JSON work never blocks serving. */
const NICENESS = 10;

yieldToServing();
const port = parentPort;
if (port === null) throw new Error("comparator-thread runs as a worker thread only");
const program = new ComparatorProgram(workerData as ComparatorSetup, (message) => port.postMessage(message));
port.on("message", (message: ToComparator) => {
  void program.receive(message).then(() => {
    if (message.kind === "stop") port.close();
  });
});

/** Where processors are short the system runs serving first. Linux keeps a priority per thread; elsewhere all threads are equal. */
function yieldToServing(): void {
  try {
    setPriority(Number(readlinkSync("/proc/thread-self").split("/").at(-1)), NICENESS);
  } catch {
    // no such thing here
  }
}
