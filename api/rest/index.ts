export { type ListenAddress, listen } from './listen.ts';
export { createRestServer, type RestServerOptions } from './server.ts';
export { renewCertificates, type ServerTls } from './tls.ts';
