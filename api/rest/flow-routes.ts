import type { FlowUse } from '@weft/controller';
import type { FastifyInstance } from 'fastify';
import { callerOf } from './access.ts';
import type { RouteContext } from './context.ts';
import { ref } from './json-schema.ts';
import { answers, idParams, operation } from './operations.ts';

/** How many flows a VPC costs, as answers tell it: without a limit there is none in it. */
export function presentUse(vpcId: string, { flows, limit }: FlowUse): object {
  return { vpcId, flows, ...(limit === undefined ? {} : { limit }) };
}

/** `GET /v1/vpcs/{id}/flows` */
export function registerFlowRoutes(server: FastifyInstance, { controller }: RouteContext): void {
  server.route({
    method: 'GET',
    url: '/v1/vpcs/:id/flows',
    schema: {
      ...operation('vpc', 'vpcFlows', 'How many flows the VPC costs each of its hosts, and may cost'),
      params: idParams('vpc'),
      response: answers({ 200: [ref('FlowUse'), 'what it costs'] }),
    },
    handler: async (request) => {
      const { id } = request.params as { id: string };
      return presentUse(id, controller.flowUse(id, callerOf(request)));
    },
  });
}
