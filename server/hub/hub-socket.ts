/** What the hub needs of a WebSocket: text messages, how much waits to be sent, and its end. */
export interface HubSocket {
  /** Queues one text message. Never throws; nothing happens on a socket that is closing. */
  send(text: string): void;
  /** Bytes queued and not yet given to the system. */
  bufferedBytes(): number;
  close(code: number, reason: string): void;
  /** One listener: complete text messages; binary ones never reach it. */
  onMessage(listener: (text: string) => void): void;
  /** One listener, called once, whoever ended it. */
  onClose(listener: () => void): void;
}
