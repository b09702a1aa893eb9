import type { FastifyInstance } from 'fastify';
import { callerOf } from './access.ts';
import type { RouteContext } from './context.ts';
import { ref } from './json-schema.ts';
import { answers, idParams, operation } from './operations.ts';

/** What a NAT gateway has translated, asked of the switch of its host. */
export function registerNatGatewayRoutes(server: FastifyInstance, { controller }: RouteContext): void {
  server.route({
    method: 'GET',
    url: '/v1/nat-gateways/:id/counters',
    schema: {
      ...operation('nat-gateway', 'natGatewayCounters', 'Packets, bytes and connections of a NAT gateway', {
        description:
          'Since its host has its flows: counters start anew when the gateway moves to another host, or Open vSwitch starts again.',
      }),
      params: idParams('NAT gateway'),
      response: answers({ 200: [ref('NatGatewayCounters'), 'as the switch of its host has them now'] }),
    },
    handler: async (request) => {
      const { id } = request.params as { id: string };
      return controller.natGatewayCounters(id, callerOf(request));
    },
  });
}
