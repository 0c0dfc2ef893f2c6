import type { Table } from "./table.ts";

export type BenchOptions = {
  /** Seconds instead of minutes: shows that the bench works, says nothing about speed. */
  readonly isShort: boolean;
  readonly rounds: number | undefined;
  readonly seconds: number | undefined;
  readonly connections: number;
};

export type Goal = { readonly text: string; readonly value: string; readonly isMet: boolean };

export type BenchResult = {
  /** What was done, with which figures, in one line. */
  readonly parameters: string;
  readonly tables: readonly Table[];
  readonly goals: readonly Goal[];
  readonly notes: readonly string[];
  /** What went wrong, whatever the machine: failed requests, a ledger that does not sum. Never a timing. */
  readonly failures: readonly string[];
};

export type Bench = {
  readonly name: string;
  readonly about: string;
  readonly run: (options: BenchOptions) => Promise<BenchResult>;
};
