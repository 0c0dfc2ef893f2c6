/** What the protocol allows, with the figures of Soketi, which production uses. */
export const MAX_CHANNEL_NAME_LENGTH = 200;
export const MAX_EVENT_NAME_LENGTH = 200;
export const MAX_CHANNELS_PER_TRIGGER = 100;
export const MAX_BATCH_SIZE = 10;
/** Of one event's `data`, as UTF-8. */
export const MAX_DATA_BYTES = 100 * 1024;
/** Of a whole request: a full batch, with room for what JSON escapes. */
export const MAX_REQUEST_BYTES = 2 * MAX_BATCH_SIZE * MAX_DATA_BYTES;
/** Of one frame of a client: an event's data, with room for its envelope and escapes. */
export const MAX_FRAME_BYTES = 2 * MAX_DATA_BYTES + 4 * 1024;
export const MAX_CHANNELS_PER_CONNECTION = 100;
export const MAX_MEMBERS_PER_CHANNEL = 100;
/** Of one member's `channel_data`, as UTF-8. */
export const MAX_MEMBER_BYTES = 2 * 1024;
/** Both ways: a clock that is further off is refused. */
export const MAX_TIMESTAMP_SKEW_SECONDS = 600;
