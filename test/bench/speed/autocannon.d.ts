// What the bench and the soak use of autocannon, which brings no types.

declare module 'autocannon' {
  export type Request = {
    method?: string;
    path?: string;
    headers?: Record<string, string>;
    body?: string;
    /** Called before each request is sent. */
    setupRequest?: (request: Request) => Request;
  };

  export type Options = {
    url: string;
    connections: number;
    sampleInt?: number;
    requests?: Request[];
    /** In seconds. */
    duration?: number;
    /** Of requests, in place of a duration. */
    amount?: number;
    /** Of all connections, in requests a second. */
    overallRate?: number;
    /** Threads that send. */
    workers?: number;
  };

  export type Result = {
    readonly statusCodeStats: Readonly<Record<string, { readonly count: number }>>;
    readonly errors: number;
    readonly timeouts: number;
  };

  export interface Instance extends Promise<Result> {
    on(
      event: 'response',
      listener: (client: unknown, status: number, bytes: number, milliseconds: number) => void,
    ): void;
  }

  export default function autocannon(options: Options): Instance;
}
