-- CreateTable
CREATE TABLE "emission_ledger" (
    "run" TEXT NOT NULL,
    "writer" TEXT NOT NULL,
    "event" TEXT NOT NULL,
    "minute" TIMESTAMPTZ(3) NOT NULL,
    "captured" INTEGER NOT NULL DEFAULT 0,
    "matched" INTEGER NOT NULL DEFAULT 0,
    "drift" INTEGER NOT NULL DEFAULT 0,
    "missing" INTEGER NOT NULL DEFAULT 0,
    "extra" INTEGER NOT NULL DEFAULT 0,
    "duplicate" INTEGER NOT NULL DEFAULT 0,
    "raced" INTEGER NOT NULL DEFAULT 0,
    "notDerivable" INTEGER NOT NULL DEFAULT 0,
    "shed" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "emission_ledger_pkey" PRIMARY KEY ("run","writer","event","minute")
);

-- CreateIndex
CREATE INDEX "emission_ledger_minute_idx" ON "emission_ledger"("minute");
