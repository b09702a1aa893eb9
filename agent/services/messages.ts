/** What the agent and the process of its services tell each other. Bytes travel as base64. */
export type ToProcess =
  /** The namespace has its addresses: listen. */
  | { readonly type: 'listen'; readonly managementSocket: string }
  /** What a DNS server outside has answered; absent: none did. */
  | { readonly type: 'answer'; readonly id: number; readonly message?: string };

export type FromProcess =
  | { readonly type: 'listening' }
  /** A question that is about no VPC. */
  | { readonly type: 'forward'; readonly id: number; readonly message: string; readonly tcp: boolean }
  | { readonly type: 'warning'; readonly details: object; readonly text: string };
