export { type ListenAddress, listen } from './listen.ts';
export { createRestServer, type RestServerOptions } from './server.ts';
