import { env, EnvError } from "./env.ts";
import { keepBodyLength } from "./http/body-length.ts";
import { closeNextGaps } from "./http/next-gaps.ts";
import { drainUnreadBodies } from "./http/unread-body.ts";

/** Refuses to start with a bad environment: a server that answers 500 to everything looks alive to a balancer. */
export function startNodeServer(): void {
  try {
    env();
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
  closeNextGaps();
  keepBodyLength();
  drainUnreadBodies();
}
