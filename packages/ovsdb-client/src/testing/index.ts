/** Servers to test against: one inside the process that does what it is told, and real ones. */

export { RealCluster, startRealCluster } from './real-cluster.ts';
export { openVSwitchSchemaPath, RealServer, type RealServerOptions, startRealServer } from './real-server.ts';
export { eventually, hasOvsdbTools } from './run.ts';
export {
  type Arrival,
  ErrorReply,
  noReply,
  type RequestHandler,
  startTestServer,
  TestPeer,
  TestServer,
  type TestServerOptions,
} from './test-server.ts';
