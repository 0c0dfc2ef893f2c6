import type { Connection } from "./connection.ts";
import { createConduct, type Conduct } from "./conduct.ts";
import { createDevices, type Devices } from "./devices.ts";
import { createGroups, type Groups } from "./groups.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { createPeople, type People } from "./people.ts";
import type { Registration } from "./registration.ts";
import type { Shelf } from "./shelf.ts";

/** Everything the server knows. What must survive it lies on the shelf. */
export type World = {
  readonly shelf: Shelf;
  readonly people: People;
  readonly devices: Devices;
  readonly groups: Groups;
  readonly ledger: Ledger;
  readonly conduct: Conduct;
  /** Clients that show a QR, by each of their references. */
  readonly registrations: Map<string, Registration>;
  readonly connections: Set<Connection>;
  /** What went wrong inside the server: tests expect it to stay empty. */
  readonly faults: unknown[];
  readonly now: () => Date;
};

export function createWorld(shelf: Shelf, now: () => Date): World {
  return {
    shelf,
    people: createPeople(shelf),
    devices: createDevices(shelf),
    groups: createGroups(shelf),
    ledger: createLedger(shelf),
    conduct: createConduct(),
    registrations: new Map(),
    connections: new Set(),
    faults: [],
    now,
  };
}

export const toSeconds = (date: Date): string => String(Math.floor(date.getTime() / 1000));
