import { parentPort, workerData } from "node:worker_threads";
import type { ComparatorSetup, ToComparator } from "./bus-messages.ts";
import { ComparatorProgram } from "./comparator-program.ts";

/** The comparator in a thread of the proxy, so that JSON work never blocks serving. */
const port = parentPort;
if (port === null) throw new Error("comparator-thread runs as a worker thread only");
const program = new ComparatorProgram(workerData as ComparatorSetup, (message) => port.postMessage(message));
port.on("message", (message: ToComparator) => {
  void program.receive(message).then(() => {
    if (message.kind === "stop") port.close();
  });
});
