import type { FastifyInstance } from 'fastify';

/** Where the API listens to. Port 0: any free one. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use by another process; stop it or choose another port',
  EADDRNOTAVAIL: 'this machine does not have the address; choose one that it has',
  EACCES: 'ports below 1024 need privileges; choose a higher port',
  ENOTFOUND: 'the name has no address; give an address',
};

/** Starts to listen and returns the URL, with the port that was taken. Errors say in one line what to do. */
export async function listen(server: FastifyInstance, address: ListenAddress): Promise<string> {
  try {
    return await server.listen({ ...address, listenTextResolver: (url) => `API listens at ${url}` });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    throw new Error(
      `cannot listen on ${address.host}:${address.port}: ${reasons[code] ?? (error as Error).message}`,
      { cause: error },
    );
  }
}
