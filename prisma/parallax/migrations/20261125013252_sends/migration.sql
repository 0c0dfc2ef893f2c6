-- CreateTable
CREATE TABLE "sends" (
    "id" TEXT NOT NULL,
    "slot" TEXT NOT NULL,
    "requestId" TEXT NOT NULL,
    "tenant" TEXT,
    "user" TEXT,
    "endpoint" TEXT NOT NULL,
    "family" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL DEFAULT 1,
    "fingerprint" TEXT,
    "keyId" TEXT NOT NULL,
    "sealedKey" BYTEA NOT NULL,
    "answer" BYTEA,
    "isWindow" BOOLEAN NOT NULL DEFAULT false,
    "startedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "leaseUntil" TIMESTAMPTZ(3) NOT NULL,
    "settledAt" TIMESTAMPTZ(3),
    "freeAt" TIMESTAMPTZ(3),
    "lastStatus" INTEGER,
    "lastError" TEXT,
    "resolvedBy" TEXT,
    "reason" TEXT,

    CONSTRAINT "sends_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "sends_slot_key" ON "sends"("slot");

-- CreateIndex
CREATE INDEX "sends_state_startedAt_idx" ON "sends"("state", "startedAt");

-- CreateIndex
CREATE INDEX "sends_freeAt_idx" ON "sends"("freeAt");
