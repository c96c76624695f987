/** What a client said of itself in `initialize`. */
export interface ClientTraits {
  readonly linesStartAt1: boolean;
  readonly columnsStartAt1: boolean;
}

/** Sends an event to the client. */
export type SendEvent = (event: string, body?: object) => void;
