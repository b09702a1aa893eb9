import { randomUUID } from 'node:crypto';
import {
  type Authenticator,
  defaultFailureLimit,
  developmentAuthenticator,
  type KeyRing,
  type Principal,
} from '@weft/api/auth';
import type { ObservedController } from '@weft/controller';
import { WeftError } from '@weft/controller/resources';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { meetAccounts, type RequestLimits, requireAccess } from './access.ts';
import { registerAgentRoutes } from './agent-routes.ts';
import { registerAuditRoute } from './audit-routes.ts';
import { registerBatchRoutes } from './batch-routes.ts';
import type { RouteContext } from './context.ts';
import { registerFlowRoutes } from './flow-routes.ts';
import { refuseIdempotencyElsewhere } from './idempotency.ts';
import { registerKeyRoutes } from './key-routes.ts';
import { refuseOtherMethods } from './methods.ts';
import { registerNatGatewayRoutes } from './nat-gateway-routes.ts';
import { registerOpenapi } from './openapi.ts';
import { refuseOnSocket, sendProblem } from './problems.ts';
import { measureRequests } from './request-metrics.ts';
import { registerResourceRoutes } from './resource-routes.ts';
import { componentSchemas } from './schemas.ts';
import { registerServiceRoutes } from './service-routes.ts';
import { type ServerTls, tlsOptions } from './tls.ts';
import { validatorCompiler } from './validation.ts';
import { registerWatchRoute } from './watch-routes.ts';
import { refuseUnknownQueries, registerReceiptRoute } from './writing.ts';

export interface RestServerOptions {
  /** Where switches connect to: `tcp:HOST:PORT` as configured; a wildcard address is replaced per request. */
  readonly openflowTarget: string;
  readonly logger: FastifyBaseLogger;
  /** Who the callers are. Default: development mode, in which everybody is an admin. */
  readonly authenticator?: Authenticator;
  /** Makes access keys; without it none can be made. */
  readonly keys?: Pick<KeyRing, 'create'>;
  readonly limits?: Partial<RequestLimits>;
  /** Called for each request of an account for itself, before it is answered: what the account is to have from the start. */
  readonly firstSight?: (caller: Principal) => Promise<void>;
  /** Regions that there are. Absent: any. */
  readonly regions?: readonly string[] | undefined;
  /** Absent: plain HTTP. */
  readonly tls?: ServerTls | undefined;
  /** Bytes that may wait for one watching client. Default 4 MiB. */
  readonly watchBacklogBytes?: number;
  /** Time between signs of life on a watch, in milliseconds. Default 15 s. */
  readonly watchKeepAliveMs?: number;
  /** Open connections. Each agent holds two. Default 25,000. */
  readonly maxConnections?: number;
}

const limits = {
  bodyBytes: 1024 * 1024,
  headerBytes: 16 * 1024,
  requestMs: 30_000,
  keepAliveMs: 72_000,
  parameterLength: 512,
} as const;

/** The REST API in front of a controller. Does not listen yet: see `listen`. */
export function createRestServer(
  controller: ObservedController,
  options: RestServerOptions,
): FastifyInstance {
  const server = Fastify({
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: () => randomUUID(),
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    routerOptions: { maxParamLength: limits.parameterLength },
    ...transportOf(options.tls),
    clientErrorHandler: refuseOnSocket,
    frameworkErrors: sendProblem,
  });
  server.server.maxConnections = options.maxConnections ?? 25_000;
  // Answers are made from stored resources, which had to pass the schemas: a second look at each would cost time.
  server.setSerializerCompiler(() => (data) => JSON.stringify(data));
  server.setErrorHandler(sendProblem);
  server.setNotFoundHandler((request) => {
    throw new WeftError('not-found', `there is nothing at ${request.url.slice(0, 200)}`, {
      fix: 'The addresses of the API are listed at /v1/openapi.json.',
    });
  });
  acceptEmptyBodies(server);
  measureRequests(server, controller.metrics);
  const components = componentSchemas();
  for (const schema of components) server.addSchema(schema);
  const compile = validatorCompiler(components);
  server.setValidatorCompiler(compile);
  const context: RouteContext = {
    controller,
    authenticator: options.authenticator ?? developmentAuthenticator(),
    keys: options.keys,
    regions: options.regions,
    watchesPerCaller: options.limits?.watches,
    openflowTarget: options.openflowTarget,
    logger: options.logger,
    watchBacklogBytes: options.watchBacklogBytes ?? 4 * 1024 * 1024,
    watchKeepAliveMs: options.watchKeepAliveMs ?? 15_000,
  };
  server.register(async (scope) => {
    await registerOpenapi(scope);
    requireAccess(scope, context, { failures: defaultFailureLimit, ...options.limits });
    if (options.firstSight) meetAccounts(scope, options.firstSight);
    const refuseTheRest = refuseOtherMethods(scope);
    refuseIdempotencyElsewhere(scope);
    refuseUnknownQueries(scope);
    registerResourceRoutes(scope, context);
    registerBatchRoutes(scope, context, compile);
    registerKeyRoutes(scope, context);
    registerFlowRoutes(scope, context);
    registerAuditRoute(scope, context);
    registerAgentRoutes(scope, context);
    registerWatchRoute(scope, context);
    registerReceiptRoute(scope, context);
    registerNatGatewayRoutes(scope, context);
    registerServiceRoutes(scope, context);
    refuseTheRest();
  });
  return server;
}

/** Fastify has a type for each of the two; what is done with the server is the same. */
function transportOf(tls: ServerTls | undefined): { http: { maxHeaderSize: number } } {
  const http = { maxHeaderSize: limits.headerBytes };
  return tls ? ({ https: { ...http, ...tlsOptions(tls) } } as unknown as { http: typeof http }) : { http };
}

/** Many clients declare JSON and send nothing, for example with DELETE; only routes that need a body mind. */
function acceptEmptyBodies(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeContentTypeParser('text/plain');
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else void parse(request, body as string, done); // answers by `done`
  });
}
