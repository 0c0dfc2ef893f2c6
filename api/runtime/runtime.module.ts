import { Module, type DynamicModule } from "@nestjs/common";
import { DATABASE, ENV, LOG, METRICS, TIMING, type Runtime } from "./tokens.ts";

/** Hands the process's own parts (environment, log, database, clock) to every feature. */
@Module({})
export class RuntimeModule {
  static of({ env, log, database, timing, metrics }: Runtime): DynamicModule {
    const providers = [
      { provide: ENV, useValue: env },
      { provide: LOG, useValue: log },
      { provide: DATABASE, useValue: database },
      { provide: TIMING, useValue: timing },
      { provide: METRICS, useValue: metrics },
    ];
    return { module: RuntimeModule, global: true, providers, exports: providers.map(({ provide }) => provide) };
  }
}
