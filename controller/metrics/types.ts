/** What operators watch. The API adds what it sees of requests, and serves the rest as it is. */
export interface ControllerMetrics {
  readonly contentType: string;
  /** Everything as of now, in Prometheus's text format. */
  exposition(): Promise<string>;
  /** @param request its `route` is a pattern of the API, never an address with ids: each value stays in memory */
  requestAnswered(request: AnsweredRequest): void;
  /** A caller has waited for the hosts. @param applied false: some had not confirmed when the answer went out */
  receiptAwaited(seconds: number, applied: boolean): void;
}

export interface AnsweredRequest {
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly seconds: number;
}

/** A part of the controller that cannot do its work at the moment. */
export interface MissingPart {
  readonly part: 'store' | 'projection' | 'openflow';
  readonly problem: string;
}
