import { z } from "zod";
import { messageStatus } from "./enums.ts";
import { count, date, percent } from "./values.ts";

const traffic = { sent: count, received: count, total: count };

/** `GET analytics`. */
export const analytics = z
  .object({
    success: z.literal(true),
    totalMessages: count,
    sentMessages: count,
    receivedMessages: count,
    sentPercentage: percent,
    receivedPercentage: percent,
    messagesChange: percent.nullable(),
    sentChange: percent.nullable(),
    receivedChange: percent.nullable(),
    activeContacts: count,
    flowbotMessages: count,
    flowbotPercentage: percent,
    avgResponseTime: z.null(),
    timeline: z.array(z.object({ iso: date, ...traffic })),
    hourlyDistribution: z.array(z.object({ hour: z.int().min(0).max(23), ...traffic })).length(24),
    statusBreakdown: z.array(z.object({ status: messageStatus, count, percentage: percent })),
    peakHour: z.int().min(0).max(23).nullable(),
    peakHourVolume: count,
    timeRange: z.string(),
    startDate: date,
    endDate: date,
  })
  .meta({ id: "Analytics" });
export type Analytics = z.infer<typeof analytics>;
