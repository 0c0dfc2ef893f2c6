-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "parallax";

-- CreateEnum
CREATE TYPE "Stage" AS ENUM ('legacy', 'shadow', 'canary', 'nest', 'retired');

-- CreateEnum
CREATE TYPE "DriftState" AS ENUM ('open', 'accepted', 'fixed', 'regressed');

-- CreateTable
CREATE TABLE "runs" (
    "id" TEXT NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "heartbeatAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "endedAt" TIMESTAMPTZ(3),

    CONSTRAINT "runs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "families" (
    "family" TEXT NOT NULL,
    "stage" "Stage" NOT NULL DEFAULT 'legacy',
    "percent" INTEGER NOT NULL DEFAULT 0,
    "version" INTEGER NOT NULL DEFAULT 1,
    "since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "by" TEXT NOT NULL,
    "reason" TEXT NOT NULL,

    CONSTRAINT "families_pkey" PRIMARY KEY ("family")
);

-- CreateTable
CREATE TABLE "ledger" (
    "run" TEXT NOT NULL,
    "writer" TEXT NOT NULL,
    "endpoint" TEXT NOT NULL,
    "minute" TIMESTAMPTZ(3) NOT NULL,
    "eligible" INTEGER NOT NULL DEFAULT 0,
    "matched" INTEGER NOT NULL DEFAULT 0,
    "equivalent" INTEGER NOT NULL DEFAULT 0,
    "drift" INTEGER NOT NULL DEFAULT 0,
    "noise" INTEGER NOT NULL DEFAULT 0,
    "raced" INTEGER NOT NULL DEFAULT 0,
    "notComparable" INTEGER NOT NULL DEFAULT 0,
    "candidateError" INTEGER NOT NULL DEFAULT 0,
    "candidateTimeout" INTEGER NOT NULL DEFAULT 0,
    "primaryError" INTEGER NOT NULL DEFAULT 0,
    "sampledOut" INTEGER NOT NULL DEFAULT 0,
    "shed" INTEGER NOT NULL DEFAULT 0,
    "overCap" INTEGER NOT NULL DEFAULT 0,
    "assertedFields" INTEGER NOT NULL DEFAULT 0,
    "comparedFields" INTEGER NOT NULL DEFAULT 0,
    "legacyLatency" TEXT,
    "nestLatency" TEXT,

    CONSTRAINT "ledger_pkey" PRIMARY KEY ("run","writer","endpoint","minute")
);

-- CreateTable
CREATE TABLE "coverage" (
    "run" TEXT NOT NULL,
    "writer" TEXT NOT NULL,
    "endpoint" TEXT NOT NULL,
    "dimension" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "minute" TIMESTAMPTZ(3) NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "coverage_pkey" PRIMARY KEY ("run","writer","endpoint","dimension","value","minute")
);

-- CreateTable
CREATE TABLE "drifts" (
    "fingerprint" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "endpoint" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "legacyShape" TEXT NOT NULL,
    "nestShape" TEXT NOT NULL,
    "firstSeen" TIMESTAMPTZ(3) NOT NULL,
    "lastSeen" TIMESTAMPTZ(3) NOT NULL,
    "state" "DriftState" NOT NULL DEFAULT 'open',
    "stateBy" TEXT,
    "stateReason" TEXT,
    "stateAt" TIMESTAMPTZ(3),
    "acceptedUntil" TIMESTAMPTZ(3),

    CONSTRAINT "drifts_pkey" PRIMARY KEY ("fingerprint")
);

-- CreateTable
CREATE TABLE "drift_sightings" (
    "fingerprint" TEXT NOT NULL,
    "run" TEXT NOT NULL,
    "writer" TEXT NOT NULL,
    "minute" TIMESTAMPTZ(3) NOT NULL,
    "count" INTEGER NOT NULL,
    "intermittent" INTEGER NOT NULL,

    CONSTRAINT "drift_sightings_pkey" PRIMARY KEY ("fingerprint","run","writer","minute")
);

-- CreateTable
CREATE TABLE "exemplars" (
    "id" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "seenAt" TIMESTAMPTZ(3) NOT NULL,
    "data" JSONB NOT NULL,

    CONSTRAINT "exemplars_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "ledger_minute_idx" ON "ledger"("minute");

-- CreateIndex
CREATE INDEX "coverage_minute_idx" ON "coverage"("minute");

-- CreateIndex
CREATE INDEX "drifts_lastSeen_idx" ON "drifts"("lastSeen");

-- CreateIndex
CREATE INDEX "drift_sightings_minute_idx" ON "drift_sightings"("minute");

-- CreateIndex
CREATE INDEX "exemplars_fingerprint_seenAt_idx" ON "exemplars"("fingerprint", "seenAt");

-- AddForeignKey
ALTER TABLE "drift_sightings" ADD CONSTRAINT "drift_sightings_fingerprint_fkey" FOREIGN KEY ("fingerprint") REFERENCES "drifts"("fingerprint") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "exemplars" ADD CONSTRAINT "exemplars_fingerprint_fkey" FOREIGN KEY ("fingerprint") REFERENCES "drifts"("fingerprint") ON DELETE CASCADE ON UPDATE CASCADE;
