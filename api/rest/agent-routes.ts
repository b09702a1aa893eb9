import type { ReportedAnnouncement, ReportedPort } from '@weft/controller';
import type { HostSpec, InstanceStatus } from '@weft/controller/resources';
import type { FastifyInstance } from 'fastify';
import { callerOf } from './access.ts';
import type { RouteContext } from './context.ts';
import { ref } from './json-schema.ts';
import { openflowTargetsFor } from './openflow-target.ts';
import { answers, hostBindingParams, hostParams, idParams, operation, writeAnswers } from './operations.ts';
import { answerResource, answerWrite, writeQuery } from './writing.ts';

/** Routes by which agents tell what they are and what they see. */
export function registerAgentRoutes(server: FastifyInstance, context: RouteContext): void {
  registerHostRoutes(server, context);
  registerBindingList(server, context);
  registerSingleBinding(server, context);
  registerAnnouncements(server, context);
  registerInstanceStatus(server, context);
}

function registerHostRoutes(server: FastifyInstance, { controller, openflowTarget }: RouteContext): void {
  server.route({
    method: 'PUT',
    url: '/v1/hosts/:id',
    config: { access: 'hosts' },
    schema: {
      ...operation('agent', 'registerHost', 'Register a host, or change what it says of itself'),
      params: hostParams,
      querystring: writeQuery,
      body: ref('HostRegistration'),
      response: writeAnswers('RegisteredHost', 'registered', {
        answer: 'the host, and where its switch connects to',
      }),
    },
    handler: async (request, reply) => {
      const { id } = request.params as { id: string };
      const { spec } = request.body as { spec: HostSpec };
      const written = await controller.registerHost(id, spec, callerOf(request).origin);
      const openflowTargets = openflowTargetsFor(openflowTarget, request);
      return answerResource(controller, request, reply, { status: 200, ...written }, { openflowTargets });
    },
  });
  server.route({
    method: 'POST',
    url: '/v1/hosts/:id/heartbeat',
    config: { access: 'hosts' },
    schema: {
      ...operation('agent', 'heartbeat', 'Renew the lease of the agent, which lasts 15 s'),
      params: hostParams,
      response: answers({ 204: [{}, 'renewed'] }),
    },
    handler: async (request, reply) => {
      controller.heartbeat((request.params as { id: string }).id);
      return reply.status(204).send();
    },
  });
}

function registerBindingList(server: FastifyInstance, { controller }: RouteContext): void {
  server.route({
    method: 'PUT',
    url: '/v1/hosts/:id/bindings',
    config: { access: 'hosts' },
    schema: {
      ...operation('agent', 'reportPorts', 'Report every port of the host that carries a network interface', {
        description: 'The complete list: what is missing in it is unbound. Unknown interfaces are skipped.',
      }),
      params: hostParams,
      querystring: writeQuery,
      body: ref('PortsReport'),
      response: writeAnswers('PortsAnswer', 'taken over'),
    },
    handler: async (request, reply) => {
      const { id } = request.params as { id: string };
      const { ports } = request.body as { ports: ReportedPort[] };
      const body = await controller.reportPorts(id, ports);
      return answerWrite(controller, request, reply, { status: 200, revision: body.revision, body });
    },
  });
}

interface BindingParams {
  readonly id: string;
  readonly networkInterfaceId: string;
}

function registerSingleBinding(server: FastifyInstance, { controller }: RouteContext): void {
  const url = '/v1/hosts/:id/bindings/:networkInterfaceId';
  server.route({
    method: 'PUT',
    url,
    config: { access: 'hosts' },
    schema: {
      ...operation('agent', 'bind', 'Report one port that carries a network interface'),
      params: hostBindingParams,
      querystring: writeQuery,
      body: ref('PortReport'),
      response: writeAnswers('Binding', 'bound'),
    },
    handler: async (request, reply) => {
      const { id, networkInterfaceId } = request.params as BindingParams;
      const port = request.body as Omit<ReportedPort, 'networkInterfaceId'>;
      const written = await controller.bind(id, { networkInterfaceId, ...port });
      return answerResource(controller, request, reply, { status: 200, ...written });
    },
  });
  server.route({
    method: 'DELETE',
    url,
    config: { access: 'hosts' },
    schema: {
      ...operation('agent', 'unbind', 'Report that a port is gone; an absent binding is no error'),
      params: hostBindingParams,
      querystring: writeQuery,
      response: writeAnswers('Removed', 'unbound'),
    },
    handler: async (request, reply) => {
      const { id, networkInterfaceId } = request.params as BindingParams;
      const { revision } = await controller.unbind(id, networkInterfaceId);
      return answerWrite(controller, request, reply, { status: 200, revision, body: { revision } });
    },
  });
}

function registerAnnouncements(server: FastifyInstance, { controller }: RouteContext): void {
  server.route({
    method: 'POST',
    url: '/v1/hosts/:id/announcements',
    config: { access: 'hosts' },
    schema: {
      ...operation('agent', 'announce', 'Report that an interface has announced a shared address', {
        description:
          'Answers who has the address now: another interface, when that one has announced it later.',
      }),
      params: hostParams,
      querystring: writeQuery,
      body: ref('AnnouncementReport'),
      response: writeAnswers('HeldAddress', 'who has the address'),
    },
    handler: async (request, reply) => {
      const { id } = request.params as { id: string };
      const written = await controller.announce(id, request.body as ReportedAnnouncement);
      return answerResource(controller, request, reply, { status: 200, ...written });
    },
  });
}

function registerInstanceStatus(server: FastifyInstance, { controller }: RouteContext): void {
  server.route({
    method: 'PUT',
    url: '/v1/instances/:id/status',
    config: { access: 'agents' },
    schema: {
      ...operation('agent', 'setInstanceStatus', 'Report what became of an instance'),
      params: idParams('instance'),
      querystring: writeQuery,
      body: ref('InstanceStatusReport'),
      response: writeAnswers('Instance', 'taken over'),
    },
    handler: async (request, reply) => {
      const { id } = request.params as { id: string };
      const { status } = request.body as { status: InstanceStatus };
      const caller = callerOf(request);
      // An agent sees the instances of its own host: another one does not exist for it.
      if (caller.role === 'agent') controller.read('instance', id, caller);
      const written = await controller.setInstanceStatus(id, status);
      return answerResource(controller, request, reply, { status: 200, ...written });
    },
  });
}
