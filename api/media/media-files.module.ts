import { Global, Inject, Module, type OnApplicationBootstrap } from "@nestjs/common";
import type { Logger } from "../../lib/log.ts";
import { createDiskMediaFiles, type MediaFiles } from "../../lib/media-files.ts";
import { codeOf } from "../../lib/errors.ts";
import type { ApiEnv } from "../env.ts";
import { ENV, LOG, TIMING, type Timing } from "../runtime/tokens.ts";

export const MEDIA_FILES = Symbol("MEDIA_FILES");

/** Longer than any upload takes. */
const LEFT_BEHIND_MS = 24 * 3_600_000;

/** Where files lie, for whoever takes or serves them. At start, what crashed uploads left behind is removed. */
@Global()
@Module({
  providers: [{ provide: MEDIA_FILES, useFactory: (env: ApiEnv) => createDiskMediaFiles(env.mediaDir), inject: [ENV] }],
  exports: [MEDIA_FILES],
})
export class MediaFilesModule implements OnApplicationBootstrap {
  constructor(
    @Inject(MEDIA_FILES) private readonly files: MediaFiles,
    @Inject(LOG) private readonly log: Logger,
    @Inject(TIMING) private readonly timing: Timing,
  ) {}

  onApplicationBootstrap(): void {
    this.files
      .sweep(LEFT_BEHIND_MS, this.timing.nowMs())
      .catch((error: unknown) => this.log.warn({ code: codeOf(error) }, "media left behind by uploads could not be removed"));
  }
}
