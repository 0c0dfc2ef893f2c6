/** As the page has always done it: state comes by asking. It still does where no event tells. */
export const POLL_MS = 5_000;
