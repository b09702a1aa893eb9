import { createRestServer } from '@weft/api/rest';
import type { ControllerMetrics, ObservedController } from '@weft/controller';
import { pino } from 'pino';

interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly responses?: Readonly<Record<string, unknown>>;
}
interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** Asks the server itself, as a client would, without a controller behind it: the document needs none. */
export async function openApiDocument(): Promise<OpenApi> {
  const logger = pino({ level: 'silent' });
  const metrics: Pick<ControllerMetrics, 'requestAnswered'> = { requestAnswered: () => undefined };
  const server = createRestServer({ metrics } as ObservedController, {
    openflowTarget: 'tcp:0.0.0.0:6653',
    logger,
  });
  try {
    const { body } = await server.inject({ method: 'GET', url: '/v1/openapi.json' });
    return JSON.parse(body) as OpenApi;
  } finally {
    await server.close();
  }
}

/** A list of all calls; the whole of each is in openapi.json beside it. */
export function restPage(document: OpenApi): string {
  const rows = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(
      ([method, { summary, description, responses = {} }]) =>
        `| \`${method.toUpperCase()} ${path}\` | ${summary ?? description ?? ''} | ${Object.keys(responses).join(', ')} |`,
    ),
  );
  return `# REST API

The complete description, with every field, is [openapi.json](openapi.json) (OpenAPI 3.1), which each controller also
serves at \`/v1/openapi.json\`. Errors are explained in [errors.md](errors.md).

| call | what it does | answers |
|---|---|---|
${rows.join('\n')}
`;
}
