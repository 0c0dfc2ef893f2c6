import { request } from "undici";
import { isAlive, signalProcess, waitUntil } from "../../../lib/processes.ts";
import { startChild, type Child } from "../../child.ts";

export type ProgramSettings = {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logFolder: string;
  /** Answers something when the program is up. */
  readonly probeUrl: string;
};

const EXIT_TIMEOUT_MS = 5_000;

/** A program that is killed now and then, and started again as a supervisor would. */
export class Supervised {
  readonly #settings: ProgramSettings;
  #child: Child | undefined;
  #starting: Promise<void> | undefined;
  #kills = 0;

  constructor(settings: ProgramSettings) {
    this.#settings = settings;
  }

  get name(): string {
    return this.#settings.name;
  }

  get kills(): number {
    return this.#kills;
  }

  get isUp(): boolean {
    return this.#child !== undefined;
  }

  start(): Promise<void> {
    return (this.#starting ??= this.#start().finally(() => (this.#starting = undefined)));
  }

  /** SIGKILL to the whole group; false when it was not up. */
  async kill(): Promise<boolean> {
    const child = this.#child;
    if (child === undefined) return false;
    this.#child = undefined;
    this.#kills += 1;
    signalProcess(-child.pid, "SIGKILL");
    await waitUntil(() => !isAlive(child.pid), EXIT_TIMEOUT_MS);
    return true;
  }

  async stop(): Promise<void> {
    await this.#starting?.catch(() => undefined);
    await this.#child?.stop();
    this.#child = undefined;
  }

  async #start(): Promise<void> {
    const { name, args, env, logFolder, probeUrl } = this.#settings;
    this.#child ??= await startChild({ name, args, env, logFolder, isReady: () => answers(probeUrl), onExit: () => (this.#child = undefined) });
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const { statusCode, body } = await request(url, { headersTimeout: 5_000 });
    await body.dump();
    return statusCode < 500;
  } catch {
    return false;
  }
}
