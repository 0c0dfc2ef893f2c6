import { Inject, Injectable } from "@nestjs/common";
import type { Logger } from "../../lib/log.ts";
import { codeOf } from "../../lib/errors.ts";
import { storageKeyOf, type MediaFiles } from "../../lib/media-files.ts";
import { MEDIA_FILES } from "../media/media-files.module.ts";
import { LOG } from "../runtime/tokens.ts";
import { Transactions, type Queries } from "../runtime/transactions.ts";
import type { OrderedFile, SendOrder } from "./send-order.ts";
import { SendRowsRepository } from "./send-rows.repository.ts";

/**
 * Gives files their final name with the transaction that names them. A file is there before its row can be seen; when the row
 * never comes, the file goes, unless another message has the same one. A lock per file keeps the two from crossing.
 */
@Injectable()
export class FilePublishing {
  /** Only these may be removed again: another file of that name is somebody else's. */
  private readonly published = new WeakSet<OrderedFile>();

  constructor(
    @Inject(MEDIA_FILES) private readonly media: MediaFiles,
    @Inject(LOG) private readonly log: Logger,
    private readonly transactions: Transactions,
    private readonly rows: SendRowsRepository,
  ) {}

  /** The key of the order's file; undefined when it has none. */
  async publish(db: Queries, { scope, file }: SendOrder): Promise<string | undefined> {
    if (file === undefined) return undefined;
    await this.rows.lockFile(db, scope.tenantId, file.sha256);
    this.published.add(file);
    return file.publish(scope.tenantId);
  }

  /** Does the work; when it fails, a file that nothing names is removed. */
  async withoutLeftovers<Result>(order: SendOrder, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      await this.removeUnnamed(order).catch((failure: unknown) =>
        this.log.warn({ requestId: order.requestId, code: codeOf(failure) }, "a refused upload may have left its file"),
      );
      throw error;
    }
  }

  private async removeUnnamed({ scope, file, requestId }: SendOrder): Promise<void> {
    if (file === undefined || !this.published.has(file)) return;
    const { tenantId } = scope;
    const storageKey = storageKeyOf(tenantId, file.sha256);
    await this.transactions.run(requestId, async ({ db }) => {
      await this.rows.lockFile(db, tenantId, file.sha256);
      if (!(await this.rows.isStored(db, tenantId, storageKey))) await this.media.remove(storageKey);
    });
  }
}
