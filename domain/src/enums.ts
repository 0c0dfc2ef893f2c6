import { z } from "zod";

/** Enumerations of the contract. Upper case over REST; the two lower-case ones are marked. */
export const userRole = z.enum(["super_admin", "admin", "user"]);
export const sessionStatus = z.enum(["DISCONNECTED", "CONNECTING", "CONNECTED", "QR_REQUIRED", "ERROR"]);
/** Lower case, of `GET status`: ERROR, and CONNECTED with a dead lease, read `disconnected`. */
export const socketStatus = z.enum(["connected", "qr_required", "connecting", "disconnected"]);
/** Lower case, of `runtime.socket.status`: the session status in lower case. */
export const runtimeSocketStatus = z.enum(["disconnected", "connecting", "connected", "qr_required", "error"]);
export const routingRule = z.enum(["FLOWBOT_ONLY", "USER_ONLY", "FLOWBOT_FIRST", "USER_FIRST", "MANUAL"]);
export const conversationStatus = z.enum(["OPEN", "CLOSED"]);
export const desiredState = z.enum(["RUNNING", "STOPPED"]);
export const transferStatus = z.enum(["PENDING", "APPROVED", "DENIED", "CANCELLED"]);
export const messageType = z.enum(["TEXT", "IMAGE", "VIDEO", "AUDIO", "DOCUMENT", "STICKER", "LOCATION", "CONTACT", "BUTTONS", "LIST"]);
export const messageStatus = z.enum(["PENDING", "SENT", "DELIVERED", "READ", "FAILED"]);
export const chatbotContactType = z.enum(["BOT", "CONTACT", "GROUP"]);
export const activityType = z.enum(["message", "call", "email", "note", "ticket", "product", "appointment", "task"]);

export type UserRole = z.infer<typeof userRole>;
export type SessionStatus = z.infer<typeof sessionStatus>;
export type SocketStatus = z.infer<typeof socketStatus>;
export type RoutingRule = z.infer<typeof routingRule>;
export type ConversationStatus = z.infer<typeof conversationStatus>;
export type DesiredState = z.infer<typeof desiredState>;
export type TransferStatus = z.infer<typeof transferStatus>;
export type MessageType = z.infer<typeof messageType>;
export type MessageStatus = z.infer<typeof messageStatus>;
export type ActivityType = z.infer<typeof activityType>;
