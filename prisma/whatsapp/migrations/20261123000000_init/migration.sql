-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "UserRole" AS ENUM ('super_admin', 'admin', 'user');

-- CreateEnum
CREATE TYPE "ChatbotContactType" AS ENUM ('BOT', 'CONTACT', 'GROUP');

-- CreateEnum
CREATE TYPE "CrmActivityType" AS ENUM ('message', 'call', 'email', 'note', 'ticket', 'product', 'appointment', 'task');

-- CreateEnum
CREATE TYPE "WhatsAppSessionStatus" AS ENUM ('DISCONNECTED', 'CONNECTING', 'CONNECTED', 'QR_REQUIRED', 'ERROR');

-- CreateEnum
CREATE TYPE "WhatsAppDesiredState" AS ENUM ('RUNNING', 'STOPPED');

-- CreateEnum
CREATE TYPE "WhatsAppMessageStatus" AS ENUM ('PENDING', 'SENT', 'DELIVERED', 'READ', 'FAILED');

-- CreateEnum
CREATE TYPE "WhatsAppMessageType" AS ENUM ('TEXT', 'IMAGE', 'VIDEO', 'AUDIO', 'DOCUMENT', 'STICKER', 'LOCATION', 'CONTACT', 'BUTTONS', 'LIST');

-- CreateEnum
CREATE TYPE "WhatsAppRoutingRule" AS ENUM ('FLOWBOT_ONLY', 'USER_ONLY', 'FLOWBOT_FIRST', 'USER_FIRST', 'MANUAL');

-- CreateEnum
CREATE TYPE "WhatsAppRoutingOverride" AS ENUM ('FLOWBOT', 'USER');

-- CreateEnum
CREATE TYPE "WhatsAppContactSessionStatus" AS ENUM ('OPEN', 'CLOSED');

-- CreateEnum
CREATE TYPE "ContactTransferRequestStatus" AS ENUM ('PENDING', 'APPROVED', 'DENIED', 'CANCELLED');

-- CreateEnum
CREATE TYPE "WhatsAppMediaState" AS ENUM ('PENDING', 'STORED', 'FAILED', 'EXPIRED');

-- CreateEnum
CREATE TYPE "WhatsAppOutboxState" AS ENUM ('QUEUED', 'CLAIMED', 'WRITTEN', 'SENT', 'FAILED', 'UNKNOWN');

-- CreateTable
CREATE TABLE "tenants" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "domain" TEXT,
    "subdomain" TEXT,
    "isActive" BOOLEAN NOT NULL DEFAULT true,
    "settings" JSONB,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "tenants_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "users" (
    "id" TEXT NOT NULL,
    "tenantId" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT,
    "role" "UserRole" NOT NULL DEFAULT 'user',
    "status" TEXT NOT NULL DEFAULT 'active',
    "phone" VARCHAR(32),
    "normalizedPhone" TEXT,
    "metadata" JSONB,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "chatbot_contacts" (
    "id" TEXT NOT NULL,
    "tenantId" TEXT NOT NULL,
    "type" "ChatbotContactType" NOT NULL DEFAULT 'CONTACT',
    "displayName" TEXT NOT NULL,
    "phone" TEXT,
    "avatarUrl" TEXT,
    "description" TEXT,
    "email" TEXT,
    "metadata" JSONB,
    "isDefaultFlowbot" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "chatbot_contacts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "whatsapp_sessions" (
    "id" TEXT NOT NULL,
    "sessionId" TEXT NOT NULL,
    "tenantId" TEXT NOT NULL,
    "name" TEXT,
    "phoneNumber" TEXT,
    "accountName" TEXT,
    "status" "WhatsAppSessionStatus" NOT NULL DEFAULT 'DISCONNECTED',
    "desiredState" "WhatsAppDesiredState" NOT NULL DEFAULT 'STOPPED',
    "creds" JSONB NOT NULL DEFAULT '{}',
    "isActive" BOOLEAN NOT NULL DEFAULT false,
    "browserActive" BOOLEAN NOT NULL DEFAULT false,
    "lastSync" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastConnected" TIMESTAMP(3),
    "errorMessage" TEXT,
    "metadata" JSONB,
    "sendSecret" TEXT NOT NULL,
    "qrCode" TEXT,
    "pairingCode" TEXT,
    "pairingPhone" TEXT,
    "qrUpdatedAt" TIMESTAMP(3),
    "reconnectAttempts" INTEGER NOT NULL DEFAULT 0,
    "lastConnectionEventAt" TIMESTAMP(3),
    "lastDisconnectReason" TEXT,
    "lastDisconnectCode" INTEGER,
    "stateEpoch" INTEGER NOT NULL DEFAULT 0,
    "stateSeq" INTEGER NOT NULL DEFAULT 0,
    "leaseOwner" TEXT,
    "leaseEpoch" INTEGER NOT NULL DEFAULT 0,
    "leaseExpiresAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "whatsapp_sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "whatsapp_session_keys" (
    "id" TEXT NOT NULL,
    "sessionId" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "keyId" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "whatsapp_session_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "whatsapp_session_configs" (
    "id" TEXT NOT NULL,
    "sessionId" TEXT NOT NULL,
    "routingRule" "WhatsAppRoutingRule" NOT NULL DEFAULT 'FLOWBOT_FIRST',
    "autoReplyEnabled" BOOLEAN NOT NULL DEFAULT false,
    "autoReplyMessage" TEXT,
    "businessHoursEnabled" BOOLEAN NOT NULL DEFAULT false,
    "businessHoursStart" VARCHAR(8),
    "businessHoursEnd" VARCHAR(8),
    "businessHoursTimezone" VARCHAR(64),
    "awayMessage" TEXT,
    "metadata" JSONB,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "whatsapp_session_configs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "whatsapp_messages" (
    "id" TEXT NOT NULL,
    "sessionId" TEXT NOT NULL,
    "messageId" TEXT NOT NULL,
    "remoteJid" TEXT NOT NULL,
    "whatsappContactId" TEXT,
    "fromMe" BOOLEAN NOT NULL DEFAULT false,
    "content" TEXT,
    "messageType" "WhatsAppMessageType" NOT NULL DEFAULT 'TEXT',
    "status" "WhatsAppMessageStatus" NOT NULL DEFAULT 'PENDING',
    "mediaUrl" TEXT,
    "mediaMimeType" TEXT,
    "mediaSize" INTEGER,
    "thumbnailUrl" TEXT,
    "quotedMessageId" TEXT,
    "timestamp" TIMESTAMP(3) NOT NULL,
    "deliveredAt" TIMESTAMP(3),
    "readAt" TIMESTAMP(3),
    "errorMessage" TEXT,
    "metadata" JSONB,
    "senderId" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "whatsapp_messages_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "whatsapp_media" (
    "id" TEXT NOT NULL,
    "messageRowId" TEXT NOT NULL,
    "tenantId" TEXT NOT NULL,
    "state" "WhatsAppMediaState" NOT NULL DEFAULT 'PENDING',
    "sha256" TEXT,
    "mimeType" TEXT,
    "size" INTEGER,
    "fileName" TEXT,
    "storageKey" TEXT,
    "thumbnailKey" TEXT,
    "remote" JSONB,
    "errorCode" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "whatsapp_media_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "whatsapp_contacts" (
    "id" TEXT NOT NULL,
    "tenantId" TEXT NOT NULL,
    "sessionId" TEXT,
    "jid" TEXT NOT NULL,
    "lid" TEXT,
    "pn" TEXT,
    "name" TEXT,
    "phoneNumber" TEXT,
    "isGroup" BOOLEAN NOT NULL DEFAULT false,
    "isBusiness" BOOLEAN NOT NULL DEFAULT false,
    "avatarUrl" TEXT,
    "lastMessageAt" TIMESTAMP(3),
    "unreadCount" INTEGER NOT NULL DEFAULT 0,
    "metadata" JSONB,
    "chatbotContactId" TEXT,
    "userId" TEXT,
    "sessionStatus" "WhatsAppContactSessionStatus" NOT NULL DEFAULT 'CLOSED',
    "sessionStartedAt" TIMESTAMP(3),
    "lastSessionClosedAt" TIMESTAMP(3),
    "routingOverride" "WhatsAppRoutingOverride",
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "whatsapp_contacts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "contact_transfer_requests" (
    "id" TEXT NOT NULL,
    "contactId" TEXT NOT NULL,
    "fromUserId" TEXT,
    "toUserId" TEXT NOT NULL,
    "requestedById" TEXT NOT NULL,
    "supervisorId" TEXT,
    "status" "ContactTransferRequestStatus" NOT NULL DEFAULT 'PENDING',
    "message" TEXT,
    "supervisorNotes" TEXT,
    "resolvedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "contact_transfer_requests_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "crm_session_summaries" (
    "id" TEXT NOT NULL,
    "tenantId" TEXT NOT NULL,
    "contactId" TEXT,
    "clientName" TEXT,
    "startedAt" TIMESTAMP(3),
    "date" TIMESTAMP(3) NOT NULL,
    "duration" VARCHAR(32),
    "summary" TEXT NOT NULL,
    "topics" TEXT[],
    "sentiment" TEXT,
    "interactionType" VARCHAR(64),
    "nextActions" TEXT[],
    "aiInsights" TEXT,
    "needsFollowUp" BOOLEAN NOT NULL DEFAULT false,
    "followUpDate" TIMESTAMP(3),
    "followUpTime" TEXT,
    "followUpNote" TEXT,
    "createdById" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "crm_session_summaries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "crm_activities" (
    "id" TEXT NOT NULL,
    "tenantId" TEXT NOT NULL,
    "contactId" TEXT,
    "type" "CrmActivityType" NOT NULL,
    "text" TEXT NOT NULL,
    "detail" TEXT,
    "metadata" JSONB,
    "createdById" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "crm_activities_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "whatsapp_outbox" (
    "id" TEXT NOT NULL,
    "seq" BIGSERIAL NOT NULL,
    "tenantId" TEXT NOT NULL,
    "sessionId" TEXT NOT NULL,
    "messageRowId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "endpoint" TEXT NOT NULL,
    "idempotencyKey" TEXT NOT NULL,
    "payloadHash" TEXT NOT NULL,
    "chatJid" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "state" "WhatsAppOutboxState" NOT NULL DEFAULT 'QUEUED',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "availableAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "claimedBy" TEXT,
    "claimEpoch" INTEGER,
    "claimedAt" TIMESTAMP(3),
    "writtenAt" TIMESTAMP(3),
    "settledAt" TIMESTAMP(3),
    "errorCode" INTEGER,
    "errorMessage" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "whatsapp_outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "realtime_outbox" (
    "id" BIGSERIAL NOT NULL,
    "tenantId" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "event" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "claimedAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "realtime_outbox_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "tenants_domain_key" ON "tenants"("domain");

-- CreateIndex
CREATE INDEX "users_tenantId_normalizedPhone_idx" ON "users"("tenantId", "normalizedPhone");

-- CreateIndex
CREATE UNIQUE INDEX "users_email_tenantId_key" ON "users"("email", "tenantId");

-- CreateIndex
CREATE UNIQUE INDEX "chatbot_contacts_tenantId_phone_key" ON "chatbot_contacts"("tenantId", "phone");

-- CreateIndex
CREATE UNIQUE INDEX "whatsapp_sessions_sessionId_key" ON "whatsapp_sessions"("sessionId");

-- CreateIndex
CREATE INDEX "whatsapp_sessions_tenantId_lastSync_idx" ON "whatsapp_sessions"("tenantId", "lastSync");

-- CreateIndex
CREATE INDEX "whatsapp_sessions_status_idx" ON "whatsapp_sessions"("status");

-- CreateIndex
CREATE INDEX "whatsapp_sessions_desiredState_leaseExpiresAt_idx" ON "whatsapp_sessions"("desiredState", "leaseExpiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "whatsapp_session_keys_sessionId_type_keyId_key" ON "whatsapp_session_keys"("sessionId", "type", "keyId");

-- CreateIndex
CREATE UNIQUE INDEX "whatsapp_session_configs_sessionId_key" ON "whatsapp_session_configs"("sessionId");

-- CreateIndex
CREATE INDEX "whatsapp_messages_sessionId_timestamp_id_idx" ON "whatsapp_messages"("sessionId", "timestamp", "id");

-- CreateIndex
CREATE INDEX "whatsapp_messages_sessionId_remoteJid_timestamp_idx" ON "whatsapp_messages"("sessionId", "remoteJid", "timestamp");

-- CreateIndex
CREATE INDEX "whatsapp_messages_whatsappContactId_timestamp_id_idx" ON "whatsapp_messages"("whatsappContactId", "timestamp", "id");

-- CreateIndex
CREATE INDEX "whatsapp_messages_sessionId_status_timestamp_idx" ON "whatsapp_messages"("sessionId", "status", "timestamp");

-- CreateIndex
CREATE INDEX "whatsapp_messages_remoteJid_idx" ON "whatsapp_messages"("remoteJid");

-- CreateIndex
CREATE UNIQUE INDEX "whatsapp_messages_sessionId_messageId_key" ON "whatsapp_messages"("sessionId", "messageId");

-- CreateIndex
CREATE UNIQUE INDEX "whatsapp_media_messageRowId_key" ON "whatsapp_media"("messageRowId");

-- CreateIndex
CREATE INDEX "whatsapp_media_tenantId_sha256_idx" ON "whatsapp_media"("tenantId", "sha256");

-- CreateIndex
CREATE INDEX "whatsapp_media_state_idx" ON "whatsapp_media"("state");

-- CreateIndex
CREATE INDEX "whatsapp_contacts_tenantId_lastMessageAt_idx" ON "whatsapp_contacts"("tenantId", "lastMessageAt");

-- CreateIndex
CREATE INDEX "whatsapp_contacts_sessionId_lastMessageAt_idx" ON "whatsapp_contacts"("sessionId", "lastMessageAt");

-- CreateIndex
CREATE INDEX "whatsapp_contacts_chatbotContactId_idx" ON "whatsapp_contacts"("chatbotContactId");

-- CreateIndex
CREATE INDEX "whatsapp_contacts_userId_idx" ON "whatsapp_contacts"("userId");

-- CreateIndex
CREATE UNIQUE INDEX "whatsapp_contacts_tenantId_jid_key" ON "whatsapp_contacts"("tenantId", "jid");

-- CreateIndex
CREATE UNIQUE INDEX "whatsapp_contacts_tenantId_lid_key" ON "whatsapp_contacts"("tenantId", "lid");

-- CreateIndex
CREATE UNIQUE INDEX "whatsapp_contacts_tenantId_pn_key" ON "whatsapp_contacts"("tenantId", "pn");

-- CreateIndex
CREATE INDEX "contact_transfer_requests_contactId_idx" ON "contact_transfer_requests"("contactId");

-- CreateIndex
CREATE INDEX "contact_transfer_requests_toUserId_idx" ON "contact_transfer_requests"("toUserId");

-- CreateIndex
CREATE INDEX "contact_transfer_requests_supervisorId_idx" ON "contact_transfer_requests"("supervisorId");

-- CreateIndex
CREATE INDEX "contact_transfer_requests_status_createdAt_idx" ON "contact_transfer_requests"("status", "createdAt");

-- CreateIndex
CREATE INDEX "crm_session_summaries_tenantId_contactId_date_idx" ON "crm_session_summaries"("tenantId", "contactId", "date");

-- CreateIndex
CREATE INDEX "crm_session_summaries_tenantId_createdAt_idx" ON "crm_session_summaries"("tenantId", "createdAt");

-- CreateIndex
CREATE INDEX "crm_activities_tenantId_contactId_type_createdAt_idx" ON "crm_activities"("tenantId", "contactId", "type", "createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "whatsapp_outbox_seq_key" ON "whatsapp_outbox"("seq");

-- CreateIndex
CREATE UNIQUE INDEX "whatsapp_outbox_messageRowId_key" ON "whatsapp_outbox"("messageRowId");

-- CreateIndex
CREATE INDEX "whatsapp_outbox_sessionId_state_seq_idx" ON "whatsapp_outbox"("sessionId", "state", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "whatsapp_outbox_tenantId_userId_endpoint_idempotencyKey_key" ON "whatsapp_outbox"("tenantId", "userId", "endpoint", "idempotencyKey");

-- CreateIndex
CREATE INDEX "realtime_outbox_createdAt_idx" ON "realtime_outbox"("createdAt");

-- AddForeignKey
ALTER TABLE "users" ADD CONSTRAINT "users_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "chatbot_contacts" ADD CONSTRAINT "chatbot_contacts_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "whatsapp_sessions" ADD CONSTRAINT "whatsapp_sessions_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "whatsapp_session_keys" ADD CONSTRAINT "whatsapp_session_keys_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "whatsapp_sessions"("sessionId") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "whatsapp_session_configs" ADD CONSTRAINT "whatsapp_session_configs_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "whatsapp_sessions"("sessionId") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "whatsapp_messages" ADD CONSTRAINT "whatsapp_messages_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "whatsapp_sessions"("sessionId") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "whatsapp_messages" ADD CONSTRAINT "whatsapp_messages_whatsappContactId_fkey" FOREIGN KEY ("whatsappContactId") REFERENCES "whatsapp_contacts"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "whatsapp_media" ADD CONSTRAINT "whatsapp_media_messageRowId_fkey" FOREIGN KEY ("messageRowId") REFERENCES "whatsapp_messages"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "whatsapp_media" ADD CONSTRAINT "whatsapp_media_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "whatsapp_contacts" ADD CONSTRAINT "whatsapp_contacts_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "whatsapp_contacts" ADD CONSTRAINT "whatsapp_contacts_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "whatsapp_sessions"("sessionId") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "whatsapp_contacts" ADD CONSTRAINT "whatsapp_contacts_chatbotContactId_fkey" FOREIGN KEY ("chatbotContactId") REFERENCES "chatbot_contacts"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "whatsapp_contacts" ADD CONSTRAINT "whatsapp_contacts_userId_fkey" FOREIGN KEY ("userId") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contact_transfer_requests" ADD CONSTRAINT "contact_transfer_requests_contactId_fkey" FOREIGN KEY ("contactId") REFERENCES "whatsapp_contacts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contact_transfer_requests" ADD CONSTRAINT "contact_transfer_requests_fromUserId_fkey" FOREIGN KEY ("fromUserId") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contact_transfer_requests" ADD CONSTRAINT "contact_transfer_requests_toUserId_fkey" FOREIGN KEY ("toUserId") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contact_transfer_requests" ADD CONSTRAINT "contact_transfer_requests_requestedById_fkey" FOREIGN KEY ("requestedById") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contact_transfer_requests" ADD CONSTRAINT "contact_transfer_requests_supervisorId_fkey" FOREIGN KEY ("supervisorId") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "crm_session_summaries" ADD CONSTRAINT "crm_session_summaries_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "crm_session_summaries" ADD CONSTRAINT "crm_session_summaries_contactId_fkey" FOREIGN KEY ("contactId") REFERENCES "whatsapp_contacts"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "crm_activities" ADD CONSTRAINT "crm_activities_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "crm_activities" ADD CONSTRAINT "crm_activities_contactId_fkey" FOREIGN KEY ("contactId") REFERENCES "whatsapp_contacts"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "whatsapp_outbox" ADD CONSTRAINT "whatsapp_outbox_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES "tenants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "whatsapp_outbox" ADD CONSTRAINT "whatsapp_outbox_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "whatsapp_sessions"("sessionId") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "whatsapp_outbox" ADD CONSTRAINT "whatsapp_outbox_messageRowId_fkey" FOREIGN KEY ("messageRowId") REFERENCES "whatsapp_messages"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- One pending transfer request per contact (a partial index: not expressible in schema.prisma)
CREATE UNIQUE INDEX "contact_transfer_requests_pending_key" ON "contact_transfer_requests"("contactId") WHERE "status" = 'PENDING';
