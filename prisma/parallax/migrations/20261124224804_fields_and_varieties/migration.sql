-- AlterTable
ALTER TABLE "exemplars" ADD COLUMN     "variety" TEXT NOT NULL DEFAULT '';

-- CreateTable
CREATE TABLE "fields" (
    "run" TEXT NOT NULL,
    "writer" TEXT NOT NULL,
    "endpoint" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "lastSeen" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "fields_pkey" PRIMARY KEY ("run","writer","endpoint","path")
);

-- CreateIndex
CREATE INDEX "fields_endpoint_idx" ON "fields"("endpoint");
