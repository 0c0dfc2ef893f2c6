-- AlterTable
ALTER TABLE "families" ALTER COLUMN "percent" SET DEFAULT 0,
ALTER COLUMN "percent" SET DATA TYPE DOUBLE PRECISION;

-- CreateTable
CREATE TABLE "evidence" (
    "endpoint" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "firstSeen" TIMESTAMPTZ(3) NOT NULL,
    "lastSeen" TIMESTAMPTZ(3) NOT NULL,
    "fingerprints" TEXT[],

    CONSTRAINT "evidence_pkey" PRIMARY KEY ("endpoint","key")
);

-- CreateTable
CREATE TABLE "audit" (
    "seq" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "family" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "fromStage" "Stage" NOT NULL,
    "fromPercent" DOUBLE PRECISION NOT NULL,
    "toStage" "Stage" NOT NULL,
    "toPercent" DOUBLE PRECISION NOT NULL,
    "by" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "isOverride" BOOLEAN NOT NULL,
    "evidence" JSONB NOT NULL,
    "mac" TEXT NOT NULL,

    CONSTRAINT "audit_pkey" PRIMARY KEY ("seq")
);

-- CreateIndex
CREATE INDEX "evidence_endpoint_lastSeen_idx" ON "evidence"("endpoint", "lastSeen");

-- CreateIndex
CREATE INDEX "audit_family_seq_idx" ON "audit"("family", "seq");

-- The audit trail is only ever appended to.
CREATE FUNCTION "refuse_change_of_audit"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit trail is append-only';
END $$;
CREATE TRIGGER "audit_is_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change_of_audit"();
